/** An app of nobody's, with the package installed as npm installs it from the registry. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inRoot } from "./paths.ts";

export interface FreshApp {
  folder: string;
  write(name: string, text: string): void;
  /** Runs a program in it, and answers what it printed. */
  run(command: string, ...args: string[]): string;
  /** Lets it use what the repository has installed. */
  link(...names: string[]): void;
  remove(): void;
}

export function createFreshApp(type: "module" | "commonjs" = "module"): FreshApp {
  const folder = mkdtempSync(path.join(tmpdir(), "mayday-fresh-"));
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write("package.json", JSON.stringify({ name: "fresh", private: true, type }));
  const tarball = run("npm", "pack", inRoot("npm"), "--silent").trim().split("\n").at(-1)!;
  run("npm", "install", `./${tarball}`, "--offline", "--no-audit", "--no-fund", "--silent");
  return {
    folder,
    write,
    run,
    link(...names) {
      for (const name of names) {
        const at = path.join(folder, "node_modules", name);
        mkdirSync(path.dirname(at), { recursive: true });
        symlinkSync(inRoot("node_modules", name), at);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
