/** The JavaScript worker's sanitizer: one event in, the event as it will be stored out. */

import { crumbFields, dataNames, eventFields, requiredFields, secretName, type Field } from "./js-schema.ts";
import { redact, redactPath } from "./js-redact.ts";

type Meta = Record<string, string>;
type Json = Record<string, unknown>;

const levels = new Set(["error", "warn", "info", "debug"]);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const trace = /^(?!0{32})[0-9a-f]{32}$/i;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const stackLinesMax = 50;

/** The reason of a refusal, or the event. */
export function sanitize(given: unknown): string | Json {
  if (!isObject(given)) return "not_an_object";
  const meta: Meta = {};
  const event = readObject(given, eventFields, "", meta);
  for (const name of requiredFields) {
    if (event[name] === undefined) return `${given[name] === undefined ? "missing" : "invalid"}:${name}`;
    if (event[name] === "" && !eventFields[name]!.mayBeEmpty) return `missing:${name}`;
  }
  if (Object.keys(meta).length > 0) event["_meta"] = meta;
  return event;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readObject(given: Json, fields: Record<string, Field>, prefix: string, meta: Meta): Json {
  const result: Json = {};
  for (const name in given) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) continue;
    const path = prefix + name;
    const value = readValue(given[name], field, path, meta);
    if (value === undefined) meta[path] ??= "dropped:type";
    else result[name] = value;
  }
  return result;
}

function readValue(given: unknown, field: Field, path: string, meta: Meta): unknown {
  switch (field.kind) {
    case "text":
      return typeof given === "string" ? readText(given, field, path, meta) : undefined;
    case "level":
      return levels.has(given as string) ? given : undefined;
    case "timestamp":
      return readTimestamp(given);
    case "uuid":
      return typeof given === "string" && uuid.test(given) ? given.toLowerCase() : undefined;
    case "trace":
      return typeof given === "string" && trace.test(given) ? given.toLowerCase() : undefined;
    case "boolean":
      return typeof given === "boolean" ? given : undefined;
    case "integer":
      return Number.isInteger(given) ? inRange(given as number, field, path, meta) : undefined;
    case "number":
      return Number.isFinite(given) ? inRange(given as number, field, path, meta) : undefined;
    case "object":
      return isObject(given) ? readObject(given, field.fields!, `${path}.`, meta) : undefined;
    case "stack":
      return readStack(given, field, path, meta);
    case "crumbs":
      return readCrumbs(given, field, path, meta);
    case "tags":
      return isObject(given) ? readTags(given, field, path, meta) : undefined;
    case "data":
      return isObject(given) ? readData(given, path, meta) : undefined;
  }
}

function inRange(given: number, field: Field, path: string, meta: Meta): number | undefined {
  if (given >= (field.least ?? 0) && given <= (field.limit ?? Infinity)) return given;
  meta[path] = "dropped:limit";
  return undefined;
}

function readTimestamp(given: unknown): string | undefined {
  if (typeof given !== "string" || !rfc3339.test(given)) return undefined;
  const ms = Date.parse(given);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function readText(given: string, field: Field, path: string, meta: Meta): string {
  const { text, first } = clean(given, field);
  if (first) meta[path] = `redacted:${first}`;
  const cut = cutTo(text, field.limit!);
  if (cut !== text) meta[path] ??= "cut";
  return cut;
}

function clean(given: string, { profile }: Field): { text: string; first: string | undefined } {
  if (profile === "prose") return redact(given);
  return profile === "path" ? redactPath(given) : { text: given, first: undefined };
}

/** Limits count code points; a text with fewer UTF-16 units than that needs no counting. */
function cutTo(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const points = Array.from(text);
  return points.length <= limit ? text : points.slice(0, limit).join("");
}

const stackLine: Field = { kind: "text", limit: 512, profile: "prose" };

function readStack(given: unknown, field: Field, path: string, meta: Meta): string[] | undefined {
  const lines = typeof given === "string" ? given.split("\n") : given;
  if (!Array.isArray(lines)) return undefined;
  if (lines.length > stackLinesMax) meta[path] = "cut";
  return lines
    .slice(0, stackLinesMax)
    .filter((line): line is string => typeof line === "string")
    .map((line, index) => readText(line, { ...stackLine, limit: field.limit! }, `${path}.${index}`, meta));
}

function readCrumbs(given: unknown, field: Field, path: string, meta: Meta): Json[] | undefined {
  if (!Array.isArray(given)) return undefined;
  if (given.length > field.limit!) meta[path] = "cut";
  return given
    .slice(-field.limit!)
    .filter(isObject)
    .map((crumb, index) => readObject(crumb, crumbFields, `${path}.${index}.`, meta));
}

function readTags(given: Json, field: Field, path: string, meta: Meta): Json {
  const names = Object.keys(given);
  if (names.length > field.limit!) meta[path] = "cut";
  const result: Json = {};
  for (const name of names.slice(0, field.limit)) {
    const value = given[name];
    if (typeof value !== "string" || secretName.test(name)) continue;
    const at = `${path}.${name}`;
    result[cutTo(name, 32)] = readText(value, { kind: "text", limit: 128, profile: "prose" }, at, meta);
  }
  return result;
}

function readData(given: Json, path: string, meta: Meta): Json {
  const result: Json = {};
  for (const name in given) {
    if (!dataNames.has(name) || secretName.test(name)) continue;
    const value = given[name];
    if (typeof value === "string") {
      const profile = name === "route" || name === "route_template" || name === "pathname" ? "path" : "prose";
      result[name] = readText(value, { kind: "text", limit: 256, profile }, `${path}.${name}`, meta);
    } else if (typeof value === "number" || typeof value === "boolean") result[name] = value;
  }
  return result;
}
