/** scripts/install-packages.sh on machines that we have not got: apt and its kin are played by small scripts. */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";
import { inRoot } from "../support/paths.ts";
import { run } from "../support/process.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Machine {
  installed?: string[];
  /** What apt-get does, in sh; `$calls` counts the calls so far. */
  aptGet?: string;
  known?: string[];
  isRoot?: boolean;
}

/** Runs a copy of the script on that machine. Answers what apt-get was asked for, call by call. */
async function install(machine: Machine, ...packages: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), "mayday-packages-"));
  folders.push(folder);
  mkdirSync(path.join(folder, "scripts"));
  mkdirSync(path.join(folder, "bin"));
  const script = path.join(folder, "scripts/install-packages.sh");
  writeFileSync(script, readFileSync(inRoot("scripts/install-packages.sh")));
  const play = (name: string, text: string): void => {
    writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, "bin", name), 0o755);
  };
  const calls = path.join(folder, "calls");
  writeFileSync(calls, "");
  play("dpkg-query", (machine.installed ?? []).map((name) => `echo 'installed ${name}'`).join("\n") || ":");
  play("apt-get", `echo "$@" >> ${calls}\ncalls=$(wc -l < ${calls})\n${machine.aptGet ?? "exit 0"}`);
  play(
    "apt-cache",
    `for known in ${(machine.known ?? packages).join(" ")}; do [ "$2" = "$known" ] && exit 0; done; exit 100`,
  );
  play("id", `echo ${machine.isRoot === false ? 1000 : 0}`);
  play("sleep", ":");
  play("sudo", `echo sudo >> ${folder}/sudo\nexec "$@"`);
  const running = run("/bin/sh", [script, ...packages], { PATH: `${folder}/bin:/usr/bin:/bin` });
  const { code } = await running.ended;
  const asked = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  return { code, asked: asked.map((line) => line.replace(/^.*--yes /, "")), stderr: running.stderr(), folder };
}

test("where all is there, nothing is asked for and nothing is said", async () => {
  const { code, asked, stderr } = await install({ installed: ["cmake", "g++"] }, "cmake", "g++");
  assert.deepEqual([code, asked, stderr], [0, [], ""]);
});

test("only what is missing is installed, without what is merely recommended", async () => {
  const { code, asked, stderr } = await install({ installed: ["cmake"] }, "cmake", "g++", "ninja-build");
  assert.equal(code, 0);
  assert.deepEqual(asked, ["install --no-install-recommends g++ ninja-build"]);
  assert.match(stderr, /installing Debian packages: g\+\+ ninja-build\n {2}done in \d+ s/);
});

test("a package whose name begins like an installed one is still missing", async () => {
  const { asked } = await install({ installed: ["clang-19-doc", "libclang-19"] }, "clang-19");
  assert.deepEqual(asked, ["install --no-install-recommends clang-19"]);
});

test("of two that would do, the one that is there is enough, and the one that can be had is taken", async () => {
  assert.deepEqual((await install({ installed: ["b"] }, "a|b")).asked, []);
  assert.deepEqual((await install({ known: ["b"] }, "a|b")).asked, ["install --no-install-recommends b"]);
});

test("where there are no package lists yet, they are fetched", async () => {
  const aptGet = 'if [ "$calls" -eq 1 ]; then echo "E: Unable to locate package g++"; exit 100; fi';
  const { code, asked } = await install({ aptGet }, "g++");
  assert.equal(code, 0);
  assert.deepEqual(asked, ["install --no-install-recommends g++", "update", "install --no-install-recommends g++"]);
});

test("another apt is waited for", async () => {
  const aptGet = 'if [ "$calls" -lt 4 ]; then echo "E: Could not get lock /var/lib/dpkg/lock-frontend."; exit 100; fi';
  const { code, asked, stderr } = await install({ aptGet }, "g++");
  assert.equal(code, 0);
  assert.equal(asked.length, 4);
  assert.equal(stderr.match(/waiting for another apt/g)?.length, 1);
});

test("a failure shows apt's last lines and ends with 1", async () => {
  const { code, stderr } = await install({ aptGet: 'echo "E: the disk is full"; exit 100' }, "g++");
  assert.equal(code, 1);
  assert.match(stderr, /E: the disk is full[^]*mayday: apt-get could not install/);
});

test("whoever is not root goes by sudo", async () => {
  const { code, folder } = await install({ isRoot: false }, "g++");
  assert.equal(code, 0);
  assert.match(readFileSync(path.join(folder, "sudo"), "utf8"), /sudo/);
});
