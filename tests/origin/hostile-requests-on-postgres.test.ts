/** The tests of hostile-requests.test.ts, once more on PostgreSQL, which knows texts and numbers that it does not take. */

import assert from "node:assert/strict";
import { after } from "node:test";
import { startPostgres } from "../support/postgres.mjs";

const postgres = await startPostgres();
process.env["MAYDAY_TEST_DATABASE_URL"] = postgres.url;
await import("./hostile-requests.test.ts");
after(async () => {
  const used = postgres.run("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM tickets)");
  assert.notEqual(used[0]?.[0], "0", "it was PostgreSQL that kept them");
  await postgres.stop();
});
