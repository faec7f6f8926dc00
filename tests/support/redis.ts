/** A real Redis of the test's own, on loopback, at a free port and in memory alone. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePorts } from "./ports.ts";
import { until } from "./poll.ts";

export interface Redis {
  url: string;
  port: number;
  /** Sends one command (RESP inline) and answers the raw reply. */
  command(line: string): Promise<string>;
  /** Stops and starts it: what it held is gone. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(password = ""): Promise<Redis> {
  const port = await freePorts();
  const launch = (): ReturnType<typeof spawn> =>
    spawn(
      "redis-server",
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", password],
      { stdio: "ignore", cwd: "/" },
    );
  let child = launch();
  const auth = password ? `AUTH ${password}\r\n` : "";
  const command = async (line: string): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    let reply = "";
    socket.setEncoding("utf8").on("data", (text: string) => (reply += text));
    socket.write(`${auth}${line}\r\nQUIT\r\n`);
    await once(socket, "close");
    return reply.replace(auth ? /^\+OK\r\n/ : /^/, "").replace(/\+OK\r\n$/, "");
  };
  const isUp = (): Promise<void> =>
    until("Redis answers", () =>
      command("PING").then(
        (reply) => reply.startsWith("+PONG"),
        () => false,
      ),
    );
  const stop = async (): Promise<void> => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  };
  await isUp();
  return {
    url: `redis://${password ? `:${password}@` : ""}127.0.0.1:${port}`,
    port,
    command,
    stop,
    restart: async () => {
      await stop();
      child = launch();
      await isUp();
    },
  };
}
