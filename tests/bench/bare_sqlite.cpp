#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "origin/clock.h"
#include "origin/store/event_batch.h"
#include "origin/store/migrate_sqlite.h"
#include "tests/bench/bare_ingest.h"
#include "tests/bench/ingest_bodies.h"

namespace mayday::bench {
namespace {

using origin::EventBatch;
using origin::EventRow;

void check(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void bind(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void insert(sqlite3* database, sqlite3_stmt* statement, const EventRow& row) {
  sqlite3_bind_blob(statement, 1, row.event_id.bytes.data(), 16, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 2, row.occurred.ms);
  sqlite3_bind_int64(statement, 3, row.received.ms);
  sqlite3_bind_int64(statement, 4, static_cast<int>(row.level));
  const std::string_view texts[] = {row.service,    row.environment,   row.release,   row.message,
                                    row.error_type, row.error_message, row.component, row.route,
                                    row.session_id, row.user_id,       row.trace_id,  row.request_id};
  int index = 5;
  for (std::string_view text : texts) bind(statement, index++, text);
  sqlite3_bind_int64(statement, 17, static_cast<std::int64_t>(*row.fingerprint));
  sqlite3_bind_int64(statement, 18, row.occurrences);
  sqlite3_bind_int(statement, 19, static_cast<int>(row.severity));
  sqlite3_bind_int(statement, 20, static_cast<int>(row.error_kind));
  bind(statement, 22, row.page);
  bind(statement, 23, row.action);
  for (int flag = 24; flag <= 26; ++flag) sqlite3_bind_int(statement, flag, 0);
  bind(statement, 27, row.body);
  check(sqlite3_step(statement), database);
  sqlite3_reset(statement);
}

}  // namespace

double bare_sqlite(const std::string& folder, const std::vector<std::string>& bodies) {
  sqlite3* database = nullptr;
  check(sqlite3_open((folder + "/bare.db").c_str(), &database), database);
  const std::string setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;" +
                            std::string(origin::migrations::events_sqlite().front().sql);
  check(sqlite3_exec(database, setup.c_str(), nullptr, nullptr, nullptr), database);
  sqlite3_stmt* statement = nullptr;
  check(
      sqlite3_prepare_v2(database,
                         "INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release,"
                         " message, error_type, error_message, component, route, session_id, user_id, trace_id,"
                         " request_id, fingerprint, occurrences, severity, error_kind, error_code, page, action,"
                         " user_blocked, recovery_attempted, recovered, body) VALUES"
                         " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (event_id) DO NOTHING",
                         -1, &statement, nullptr),
      database);
  double seconds = 0;
  for (const std::string& body : bodies) {
    const EventBatch batch(body, origin::wall_clock_now());  // Not measured: the columns are ready at hand.
    const auto start = std::chrono::steady_clock::now();
    check(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), database);
    for (const EventRow& row : batch.rows()) insert(database, statement, row);
    check(sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr), database);
    seconds += seconds_since(start);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return static_cast<double>(bodies.size() * batch_events) / seconds;
}

}  // namespace mayday::bench
