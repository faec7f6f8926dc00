/** A real nginx of the test's own, with the configuration that is shipped: only names and ports are the test's. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inRoot } from "./paths.ts";
import { until } from "./poll.ts";
import { freePorts } from "./ports.ts";

export interface Nginx {
  url: string;
  stop(): Promise<void>;
}

/** In front of origins that listen on these ports of loopback. */
export async function startNginx(ports: number[]): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), "mayday-nginx-"));
  const port = await freePorts();
  const shipped = readFileSync(inRoot("origin/deploy/nginx.conf"), "utf8");
  const places = ["body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => {
    const name = kind === "body" ? "client_body_temp_path" : `${kind}_temp_path`;
    return `  ${name} ${folder}/${kind};`;
  });
  const config = shipped
    .replace(/origin-(\d):8787/g, (_, number) => `127.0.0.1:${ports[Number(number) - 1]}`)
    .replace("listen 8787", `listen 127.0.0.1:${port}`)
    .replace("http {", `http {\n  access_log off;\n${places.join("\n")}`);
  const file = path.join(folder, "nginx.conf");
  const process = `daemon off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\n`;
  writeFileSync(file, process + (globalThis.process.getuid?.() === 0 ? "user root;\n" : "") + config);
  const child = spawn("nginx", ["-c", file, "-p", folder, "-e", path.join(folder, "error.log")], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await until("nginx answers", () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url,
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGQUIT");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
