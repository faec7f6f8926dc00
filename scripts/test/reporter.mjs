/** A reporter for `node --test`: one JSON object a line for each test that ended, which scripts/test/node-tests.mjs reads. */

export default async function* reporter(events) {
  const names = new Map();
  for await (const { type, data } of events) {
    if (type === "test:start")
      (names.get(data.file) ?? names.set(data.file, []).get(data.file))[data.nesting] = data.name;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const outcome = outcomeOf(type, data);
    if (outcome) yield `${JSON.stringify({ ...outcome, name: nameOf(names, data), file: data.file })}\n`;
  }
}

function outcomeOf(type, data) {
  if (data.skip !== undefined) return { kind: "skipped", reason: reasonOf(data.skip) };
  if (data.todo !== undefined) return { kind: "skipped", reason: `to do: ${reasonOf(data.todo)}` };
  if (type === "test:fail") {
    const { error } = data.details;
    // A parent fails because of its children, which have been counted.
    if (error?.failureType === "subtestsFailed") return undefined;
    return { kind: "failed", error: textOf(error) };
  }
  if (data.details?.type === "suite") return undefined;
  // Node reports a file that holds no test as a test that passed.
  if (data.nesting === 0 && data.name === data.file) return { kind: "failed", error: "the file holds no test" };
  return { kind: "passed" };
}

const reasonOf = (given) => (typeof given === "string" && given !== "" ? given : "no reason is given");

function textOf(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? cause?.message ?? String(cause);
}

function nameOf(names, { file, nesting, name }) {
  return [...(names.get(file) ?? []).slice(0, nesting), name].join(" > ");
}
