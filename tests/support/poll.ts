/** Waiting for what happens elsewhere: with a deadline, and never longer than it takes. */

const lookMs = 20;

/** The first answer of `look` that is not undefined. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() >= deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** Until `look` is true. */
export async function until(what: string, look: () => Promise<boolean> | boolean, deadlineMs?: number): Promise<void> {
  await eventually(what, async () => ((await look()) ? true : undefined), deadlineMs);
}
