import type { Host, RequestLog, Ticket } from "./types.ts";

const answerMsMax = 20_000;
const logsMax = 50;

/** The data of the answer, whatever it is, or the status of a refusal, 0 where there was no answer. */
async function ask({ options, fetch }: Host, path: string, body?: string): Promise<unknown> {
  let status = 0;
  try {
    const token = await options.getAccessToken?.();
    const answer = await fetch(`${options.endpoint ?? ""}/support/${path}`, {
      method: body ? "POST" : "GET",
      credentials: "include",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: body ?? null,
      signal: AbortSignal.timeout?.(answerMsMax),
    });
    status = answer.status;
    if (answer.ok) return (await answer.json()).data;
  } catch {
    // The status says all.
  }
  return status;
}

/** The user's own recent requests; nothing where they can't be had. */
export async function fetchLogs(host: Host): Promise<RequestLog[] | undefined> {
  const { logs } = Object(await ask(host, `logs?limit=${logsMax}`));
  return Array.isArray(logs) ? logs.filter((each) => each instanceof Object) : undefined;
}

export interface Report {
  report_id?: string | undefined;
  message: string;
  action: string;
  event_ids: string[];
  session_id?: string | undefined;
  user_id?: string | undefined;
  page: string;
  request_logs?: RequestLog[] | undefined;
  contact?: string | undefined;
}

/** Its ticket, or the status of the refusal, 0 where there was no answer. */
export async function sendReport(host: Host, report: Report): Promise<Ticket | number> {
  const answer = await ask(host, "report", JSON.stringify(report));
  return typeof answer === "number" ? answer : (Object(answer).ticket ?? 0);
}
