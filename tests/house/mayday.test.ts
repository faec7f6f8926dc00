/** The front door: what it says, and what it says when it is used wrongly. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { inRoot } from "../support/paths.ts";
import { run } from "../support/process.ts";

const commands = ["up", "test", "edge", "origin", "logs", "check", "bench", "size", "fuzz"];

async function mayday(...args: string[]) {
  const running = run(inRoot("mayday"), args);
  const { code } = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

test("without an argument it lists every command", async () => {
  for (const args of [[], ["help"], ["--help"]]) {
    const { code, stdout } = await mayday(...args);
    assert.equal(code, 0);
    for (const command of commands) assert.match(stdout, new RegExp(`^  \\./mayday ${command}\\b`, "m"));
  }
});

for (const command of commands) {
  test(`${command} --help says what it does, and does nothing`, async () => {
    const { code, stdout } = await mayday(command, "--help");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^\\./mayday ${command}`));
  });
}

const wrongUses: [args: string[], said: RegExp][] = [
  [["bogus"], /^mayday: there is no command "bogus"; .*up, test/],
  [["up", "--bogus"], /^mayday: Unknown option '--bogus'/],
  [["up", "--port-base", "many"], /^mayday: --port-base must be a port number from 1 to 65533, not "many"/],
  [["up", "--port-base", "65534"], /^mayday: --port-base must be a port number/],
  [["edge", "--port", "0"], /^mayday: --port must be a port number/],
  [["edge", "--host", "moon"], /^mayday: --host must be one of node, workerd, wrangler, .*, not "moon"/],
  [["edge", "--host", "cgi", "--sink", "origin"], /^mayday: --host cgi has --sink stdout alone/],
  [["edge", "--sink", "drain"], /^mayday: --sink must be of stdout, files, .*, not "drain"/],
  [["edge", "--sink", "stdout,drain"], /^mayday: --sink must be of stdout, .*, not "drain"/],
  [["edge", "--host", "workerd", "--sink", "files"], /^mayday: --sink files needs a disk, which workerd does not have/],
  [["logs", "--level", "loud"], /^mayday: --level must be one of error, .*, not "loud"/],
  [["test", "bogus"], /^mayday: there is no suite "bogus"; there are /],
  [["bench", "bogus"], /^mayday: there is no benchmark "bogus"; there are /],
  [["fuzz", "bogus"], /^mayday: there is no target "bogus"; there are /],
  [["fuzz", "--seconds", "soon"], /^mayday: --seconds must be a whole number/],
  [["check", "this"], /^mayday: unexpected "this"/],
];

for (const [args, said] of wrongUses) {
  test(`./mayday ${args.join(" ")} is answered with one line`, async () => {
    const { code, stdout, stderr } = await mayday(...args);
    assert.equal(code, 1);
    assert.match(stderr, said);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(stdout, "");
  });
}

test("up looks at all of its ports before it begins", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await mayday("up", "--port-base", String(port - 2));
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`port ${port}, wanted for the demo, is taken.*--port-base \\d+`));
  await new Promise((resolve) => server.close(resolve));
});

test("the scripts that run before there is a Node are understood by a plain shell", async () => {
  for (const script of ["mayday", "scripts/find-node.sh", "scripts/install-packages.sh"]) {
    const running = run("/bin/sh", ["-n", inRoot(script)]);
    assert.equal((await running.ended).code, 0, `${script}: ${running.stderr()}`);
  }
});

test("nothing that is built or fetched is in the repository's way", () => {
  const ignored = readFileSync(inRoot(".gitignore"), "utf8");
  for (const folder of ["build/", "node_modules/", "dist/", ".mayday/"]) assert.ok(ignored.includes(folder), folder);
});
