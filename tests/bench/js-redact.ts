/** The JavaScript worker's redaction (SPEC section 4.3): regular expressions, as one would write them. */

/** Text that none of these can be found in holds no secret: most texts, and they cost one look. */
const suspicious =
  /[@=?#]|:\/\/|\d[\d .()-]{6}|\d{1,3}\.\d|::|bearer|basic|eyJ|AKIA|ASIA|gh[opsur]_|[sr]k_|xox|AIza|-----|[A-Z]{2}\d{2}/i;

const patterns: [kind: string, pattern: RegExp][] = [
  ["private_key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ["jwt", /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g],
  ["bearer", /\bbearer\s+[\w.~+/-]{8,}=*/gi],
  ["basic", /\bbasic\s+[A-Za-z0-9+/]{8,}=*/gi],
  ["aws", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["github", /\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g],
  ["stripe", /\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ["slack", /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
  ["google", /\bAIza[\w-]{35}/g],
  ["password", /\b(?:password|passwd|pwd|secret|token|api_?key)\s*[=:]\s*[^\s,;&"']+/gi],
  ["email", /(?<![\w.+-])[\w.+-]+@(?!\dx\.)[A-Za-z][\w-]*(?:\.[\w-]+)*\.[A-Za-z]{2,}(?![\w-])/g],
  ["iban", /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g],
  ["ssn", /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g],
  ["ip", /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)/g],
  [
    "ip",
    /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])/gi,
  ],
  [
    "phone",
    /(?<![\w.:/-])(?:\+\d{1,3}[ .-]?)?\(?\d{2,4}\)?[ .-]\d{3,4}[ .-]\d{2,4}(?:[ .-]\d{2,4})?(?![\w-])|(?<!\w)\+\d{8,15}\b/g,
  ],
];

const card = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
const url =
  /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"'<>]*@)?([^\s?#"'<>)]*)(\?[^\s#"'<>)]*?)?(#[^\s"'<>)]*?)?(?=(?::\d+)*\)?(?:[\s"'<>]|$))/gi;
const mayBeLuhn = /\d(?:[ -]?\d){12}/;

export interface Redacted {
  text: string;
  first: string | undefined;
}

export function redact(text: string): Redacted {
  if (!suspicious.test(text)) return { text, first: undefined };
  let first: string | undefined;
  const note = (kind: string): string => {
    first ??= kind;
    return `[redacted:${kind}]`;
  };
  let result = text;
  if (result.includes("://")) {
    result = result.replace(url, (whole, scheme: string, rest: string) => {
      const plain = scheme + rest;
      if (plain !== whole) first ??= "query";
      return plain;
    });
  }
  for (const [kind, pattern] of patterns) result = result.replace(pattern, () => note(kind));
  if (mayBeLuhn.test(result)) result = result.replace(card, (digits) => (isLuhn(digits) ? note("card") : digits));
  return { text: result, first };
}

/** Without query and fragment, then as prose. */
export function redactPath(text: string): Redacted {
  const end = text.search(/[?#]/);
  const path = redact(end < 0 ? text : text.slice(0, end));
  return end < 0 ? path : { text: path.text, first: path.first ?? "query" };
}

function isLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    let digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    if (at % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}
