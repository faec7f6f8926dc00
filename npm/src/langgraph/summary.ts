const keysMax = 20;

/** The shape of a graph's input or output: names, types and sizes. */
export function summaryOf(value: unknown): Record<string, string> | string {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return shapeOf(value);
  const keys = Object.keys(value);
  const summary: Record<string, string> = {};
  for (const key of keys.slice(0, keysMax)) summary[key] = shapeOf((value as Record<string, unknown>)[key]);
  if (keys.length > keysMax) summary["..."] = `${keys.length - keysMax} more`;
  return summary;
}

function shapeOf(value: unknown): string {
  if (typeof value === "string") return `string(${value.length})`;
  if (Array.isArray(value)) return `array(${value.length})`;
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return `object(${Object.keys(value).length})`;
}
