/** Access tokens as a team's own backend would sign them (RFC 7515, 7519), under the secrets that origins of tests have. */

import { createHmac } from "node:crypto";

export const accessSecret = "dev-access-secret-for-loopback-only";
/** What an origin in production asks for. */
export const ownSecrets = {
  ORIGIN_TOKEN: "a-secret-of-our-own",
  JWT_ACCESS_SECRET: "one long secret of a production of ours",
  JWT_REFRESH_SECRET: "another long secret of a production of ours",
};

export type Role = "user" | "agent" | "admin";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function signToken(
  claims: Record<string, unknown>,
  secret = accessSecret,
  header: object = { alg: "HS256" },
): string {
  const now = Math.floor(Date.now() / 1000);
  const text = `${encode(header)}.${encode({ iat: now, exp: now + 600, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/** The header by which somebody of that role asks. */
export const as = (role: Role, secret = accessSecret, sub = `a-${role}`): { authorization: string } => ({
  authorization: `Bearer ${signToken({ sub, role, name: `A ${role}` }, secret)}`,
});

/** `fetch` as an agent: what the dashboard's routes want. */
export const fetchAsAgent = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, headers: { ...as("agent"), ...(init.headers as Record<string, string> | undefined) } });
