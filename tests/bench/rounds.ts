/** Measuring in rounds that take turns, so that what disturbs the machine disturbs all contestants alike. */

export interface Contestant {
  name: string;
  /** Does its work once for body number `index`. */
  work: (index: number) => void;
}

const warmUpRounds = 3;

/** Median CPU time of one call in microseconds, by name. Threads that help (garbage, compilation) count too. */
export function measure(
  contestants: Contestant[],
  bodies: number,
  rounds: number,
  roundMs: number,
): Map<string, number> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  const calls = new Map(contestants.map(({ name, work }) => [name, callsIn(work, bodies, roundMs)]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const { name, work } of contestants) {
      const count = calls.get(name)!;
      const before = process.cpuUsage();
      for (let call = 0; call < count; call += 1) work(call % bodies);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.get(name)!.push((user + system) / count);
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

/** How many calls fill a round, by trying: twice as many until it is long enough to tell. */
function callsIn(work: (index: number) => void, bodies: number, roundMs: number): number {
  for (let count = 32; ; count *= 2) {
    const began = performance.now();
    for (let call = 0; call < count; call += 1) work(call % bodies);
    const took = performance.now() - began;
    if (took > roundMs / 4) return Math.max(1, Math.round((count * roundMs) / took));
  }
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
