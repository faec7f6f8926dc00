/**
 * The frames of a stack as the engine wrote them, one text each, the innermost first. V8 (Chrome, Edge, Opera, Node) and Hermes
 * begin with the error's text, of one line or more, and then write `at f (place)`; SpiderMonkey and JavaScriptCore write
 * `f@place` alone, and leave a place without a name bare.
 */
export function framesOf(stack: unknown, message = ""): string[] {
  const text = String(stack ?? "");
  // What an error says may look like a frame.
  const start = message ? text.indexOf(message) : -1;
  const lines = text
    .slice(start < 0 ? 0 : start + message.length)
    .split("\n")
    .map((line) => line.trim());
  const frames = lines.filter((line) => /^at /.test(line));
  return frames.length ? frames : lines.filter((line) => /@|:\d+$|^\[native code\]$/.test(line));
}
