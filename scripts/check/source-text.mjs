/** Source without what people wrote in it: comments and the insides of literals become blanks, line breaks stay. */

/** `language` is `cxx` or `script`. */
export function withoutText(text, language) {
  let result = "";
  let at = 0;
  const blankTo = (end) => {
    result += text.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  while (at < text.length) {
    const end = endOfText(text, at, language, result);
    if (end > at) blankTo(end);
    else result += text[at++];
  }
  return result;
}

/** Where the comment or literal that begins at `at` ends; `at` itself where none begins. */
function endOfText(text, at, language, before) {
  const two = text.slice(at, at + 2);
  if (two === "//") return positionAfter(text, "\n", at) - 1;
  if (two === "/*") return positionAfter(text, "*/", at + 2);
  const raw = language === "cxx" && /^R"([^(\s]*)\(/.exec(text.slice(at, at + 20));
  if (raw) return positionAfter(text, `)${raw[1]}"`, at);
  const character = text[at];
  if (character === '"') return endOfQuoted(text, at);
  // In C++ 1'000 holds no character.
  if (character === "'") return language === "cxx" && /[0-9a-fA-F]$/.test(before) ? at : endOfQuoted(text, at);
  if (language === "script" && character === "`") return endOfTemplate(text, at);
  if (language === "script" && character === "/" && beginsExpression(before)) return endOfPattern(text, at);
  return at;
}

function positionAfter(text, mark, from) {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length + (mark === "\n" ? 1 : 0) : found + mark.length;
}

function endOfQuoted(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== text[at] && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

function endOfTemplate(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== "`") {
    if (text[end] === "\\") end += 2;
    else if (text.startsWith("${", end)) end = endOfHole(text, end + 2);
    else end += 1;
  }
  return end + 1;
}

/** What stands in `${}` may hold braces and templates of its own. */
function endOfHole(text, at) {
  let depth = 1;
  let end = at;
  while (end < text.length && depth > 0) {
    const next = endOfText(text, end, "script", text.slice(Math.max(0, end - 20), end));
    if (next > end) {
      end = next;
      continue;
    }
    if (text[end] === "{") depth += 1;
    if (text[end] === "}") depth -= 1;
    end += 1;
  }
  return end;
}

/** A slash after these begins a pattern; after anything else it divides. */
function beginsExpression(before) {
  return /(^|[(,=:[!&|?{};+\n]|=>|\breturn|\bcase|\btypeof)\s*$/.test(before.slice(-40));
}

function endOfPattern(text, at) {
  let end = at + 1;
  let isClass = false;
  while (end < text.length && text[end] !== "\n" && (isClass || text[end] !== "/")) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === "[") isClass = true;
    else if (text[end] === "]") isClass = false;
    end += 1;
  }
  return end + 1;
}
