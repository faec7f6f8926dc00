/** The ClickHouse of the tests as a process of its own: prints its address, and ends with its standard input. */

import { startClickHouse } from "./clickhouse.ts";

const clickhouse = await startClickHouse();
console.log(clickhouse.url);
process.stdin.resume().once("end", () => void clickhouse.close().then(() => process.exit(0)));
