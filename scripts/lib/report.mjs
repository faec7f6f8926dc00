/** What a person at the terminal reads: progress on standard error, so that standard output carries results alone. */

/** Something that the person can mend. Shown without a stack. */
export class UserError extends Error {}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Quick work says nothing; slow work says that it has begun, that it goes on, and how long it took. */
export async function timed(label, work) {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  let shown = false;
  const begin = setTimeout(() => {
    shown = true;
    say(label);
  }, 700);
  const beat = setInterval(() => say(`  still at it, ${elapsed()}`), 30_000);
  try {
    const result = await work();
    if (shown) say(`  done in ${elapsed()}`);
    return result;
  } finally {
    clearTimeout(begin);
    clearInterval(beat);
  }
}

/** Columns padded to their widest cell; the columns named in `right` stand right. */
export function table(rows, right = []) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const pad = (cell, column) =>
    right.includes(column) ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[column]);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
