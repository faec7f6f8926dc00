/** Two origins on one PostgreSQL that are given the same events at the same moment: each event is stored once, and counted once. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  fetchAll,
  ingest,
  type IngestAnswer,
  makeEvent,
  type Origin,
  removeFolders,
  startOrigin,
  type TestEvent,
} from "../support/origin.ts";
import { eventually } from "../support/poll.ts";
import { type Postgres, startPostgres } from "../support/postgres.mjs";
import { fetchAsAgent } from "../support/tokens.ts";

const dayMs = 86_400_000;
/** Noon: nobody looks into neighbouring days there, where origins follow one another in any case. */
const yesterdaysNoonMs = Math.floor(Date.now() / dayMs) * dayMs - dayMs / 2;
const yesterday = Math.floor(yesterdaysNoonMs / dayMs);

let postgres: Postgres;
let origins: Origin[];
before(async () => {
  postgres = await startPostgres();
  const start = (): Promise<Origin> => startOrigin({ env: { DATABASE_URL: postgres.url } });
  origins = await Promise.all([start(), start()]);
});
after(async () => {
  for (const origin of origins ?? []) await origin.stop();
  await postgres?.stop();
  await removeFolders();
});

let made = 0;

/** All rollups have to do with each of them; minutes, patterns, users and situations are shared by many. */
function batch(count: number): TestEvent[] {
  return Array.from({ length: count }, () => {
    made += 1;
    return makeEvent({
      timestamp: new Date(yesterdaysNoonMs - (made % 600) * 1_000).toISOString(),
      level: made % 3 === 0 ? "warn" : "error",
      fingerprint: (1 + (made % 7)).toString(16).padStart(16, "0"),
      user_id: `u${made % 11}`,
      route: `/page/${made % 5}`,
      count: 1 + (made % 4),
    });
  });
}

/** Each rollup beside what the events themselves say of it. */
const rollups: [name: string, counted: string, events: string][] = [
  [
    "minutes",
    "SELECT minute, level, sum(occurrences) FROM event_minutes GROUP BY 1, 2",
    "SELECT occurred_ms / 60000, level, sum(occurrences) FROM events GROUP BY 1, 2",
  ],
  [
    "patterns by span",
    "SELECT width, at, fingerprint, level, sum(occurrences) FROM pattern_counts GROUP BY 1, 2, 3, 4",
    `SELECT width, occurred_ms / 60000 / width * width, fingerprint, level, sum(occurrences) FROM events,
       (SELECT DISTINCT width FROM pattern_counts) AS widths
     WHERE (width, occurred_ms / 60000 / width * width) IN (SELECT width, at FROM pattern_counts) GROUP BY 1, 2, 3, 4`,
  ],
  [
    "patterns of five minutes",
    "SELECT fingerprint, sum(occurrences) FROM pattern_counts WHERE width = 5 GROUP BY 1",
    "SELECT fingerprint, sum(occurrences) FROM events GROUP BY 1",
  ],
  [
    "errors by situation",
    `SELECT fingerprint, page, sum(errors) FROM error_counts JOIN situations ON situations.id = situation
     WHERE width = 5 GROUP BY 1, 2`,
    "SELECT fingerprint, page, sum(occurrences) FROM events WHERE severity > 0 GROUP BY 1, 2",
  ],
  [
    "errors of patterns",
    "SELECT fingerprint, sum(errors), max(last_seen_ms), min(first_seen_ms) FROM patterns GROUP BY 1",
    `SELECT fingerprint, sum(occurrences) FILTER (WHERE severity > 0), max(occurred_ms), min(occurred_ms)
     FROM events GROUP BY 1`,
  ],
  [
    "errors of users",
    // In bytes (store/user_counts_postgres.h): the key, errors, those that blocked, and one of the user's events.
    `SELECT user_id, at, sum(errors) FROM
       (SELECT at, ('x' || encode(substring(users FROM place * 40 + 9 FOR 8), 'hex'))::bit(64)::bigint AS errors,
               encode(substring(users FROM place * 40 + 25 FOR 16), 'hex')::uuid AS event_id
        FROM user_counts, generate_series(0, length(users) / 40 - 1) AS place) AS counts
     JOIN events USING (event_id) GROUP BY 1, 2`,
    `SELECT user_id, occurred_ms / 300000 * 5, sum(occurrences) FROM events WHERE severity > 0 GROUP BY 1, 2`,
  ],
  [
    "users of patterns",
    `SELECT fingerprint, count(DISTINCT substring(users FROM at * 8 + 1 FOR 8))
     FROM user_sets, generate_series(0, length(users) / 8 - 1) AS at GROUP BY 1`,
    "SELECT fingerprint, count(DISTINCT user_id) FROM events WHERE severity > 0 GROUP BY 1",
  ],
];

function assertCountedOnce(): void {
  for (const [name, counted, events] of rollups) {
    const differs = `((${counted}) EXCEPT (${events})) UNION ALL ((${events}) EXCEPT (${counted}))`;
    assert.deepEqual(postgres.run(differs), [], name);
    assert.notEqual(postgres.run(counted).length, 0, name);
  }
}

async function assertEachIsThereOnce(events: TestEvent[]): Promise<void> {
  const rows = postgres.run("SELECT event_id, count(*) FROM events GROUP BY 1 HAVING count(*) > 1");
  assert.deepEqual(rows, [], "no event twice");
  for (const origin of origins) {
    const stored = new Set((await fetchAll(origin)).map(({ event_id }) => event_id));
    assert.deepEqual(
      events.filter(({ event_id }) => !stored.has(event_id)),
      [],
      "all that was acknowledged is there",
    );
  }
}

const sumOf = (answers: IngestAnswer[], what: "stored" | "known"): number =>
  answers.reduce((sum, answer) => sum + answer[what], 0);

const all: TestEvent[] = [];

test("both have looked before either writes: the one waits, and tells exactly what was known", async () => {
  postgres.run(`SELECT mayday_make_day(${yesterday})`);
  let rounds = 0;
  for (let round = 0; round < 30; round += 1) {
    const shared = batch(400);
    const own = [batch(10), batch(10)] as const;
    // Reading is allowed, writing is not.
    const held = await postgres.hold(`LOCK TABLE events_${yesterday} IN SHARE MODE`);
    // In contrary orders: each would come to wait for the other.
    const posted = [
      ingest(origins[0]!, [...shared, ...own[0]]),
      ingest(origins[1]!, [...own[1], ...shared.toReversed()]),
    ];
    const waiting = await eventually("both wait", () => {
      const [[any, table]] = postgres.run(
        "SELECT count(*), count(*) FILTER (WHERE locktype = 'relation') FROM pg_locks WHERE NOT granted",
      ) as [[string, string]];
      return Number(any) >= 2 ? Number(table) : undefined;
    });
    await held.release();
    const answers = await Promise.all(posted);
    for (const answer of answers) assert.equal(answer.stored + answer.known, 410);
    assert.equal(sumOf(answers, "stored"), 420);
    assert.equal(sumOf(answers, "known"), 400);
    all.push(...shared, ...own.flat());
    if (waiting === 2) rounds += 1;
  }
  assert.ok(rounds > 15, `writing was contended in ${rounds} rounds`);
  await assertEachIsThereOnce(all);
  assertCountedOnce();
});

test("many senders give both the same batches, in orders of their own", async () => {
  const batches = Array.from({ length: 60 }, () => batch(50));
  const senders = [0, 1, 0, 1, 0, 1, 0, 1].map(async (to, sender) => {
    const answers: IngestAnswer[] = [];
    for (let at = 0; at < batches.length; at += 1) {
      // Each begins elsewhere, and every other one goes backwards: what the origins join differs.
      const index = (at * (sender % 4 < 2 ? 1 : -1) + sender * 7 + batches.length) % batches.length;
      answers.push(await ingest(origins[to]!, batches.at(index)!));
    }
    return answers;
  });
  const answers = (await Promise.all(senders)).flat();
  assert.equal(sumOf(answers, "stored"), 3_000);
  assert.equal(sumOf(answers, "known"), 7 * 3_000);
  all.push(...batches.flat());
  await assertEachIsThereOnce(all);
  assertCountedOnce();
  for (const origin of origins) {
    const metrics = await (await fetchAsAgent(`${origin.url}/metrics`)).text();
    assert.match(metrics, /mayday_ingest_events_total\{result="stored"\} [1-9]/, "both have stored some");
  }
});
