import { createServer } from "node:net";
import { UserError } from "./report.mjs";

const address = "127.0.0.1";

/** Is anybody listening on that port of loopback, or may we not? */
export function isTaken(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(true));
    probe.listen({ port, host: address, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}

/** A port number from the command line. */
export function parsePort(text, option, last = 65_535) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > last) {
    throw new UserError(`--${option} must be a port number from 1 to ${last}, not "${text}"`);
  }
  return port;
}
