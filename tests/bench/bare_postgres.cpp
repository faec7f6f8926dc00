#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string_view>
#include <thread>

#include "origin/clock.h"
#include "origin/migrations/migrations.h"
#include "origin/store/copy_postgres.h"
#include "origin/store/day.h"
#include "origin/store/event_batch.h"
#include "tests/bench/bare_ingest.h"
#include "tests/bench/ingest_bodies.h"

namespace mayday::bench {
namespace {

struct Finish {
  void operator()(PGconn* raw) const { PQfinish(raw); }
};
using Connection = std::unique_ptr<PGconn, Finish>;

[[noreturn]] void give_up(const Connection& connection) {
  std::fprintf(stderr, "postgres: %s", PQerrorMessage(connection.get()));
  std::exit(1);
}

Connection connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) give_up(connection);
  return connection;
}

void run(const Connection& connection, const std::string& sql, ExecStatusType wanted = PGRES_COMMAND_OK) {
  PGresult* result = PQexec(connection.get(), sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status != wanted) give_up(connection);
}

const std::string columns(origin::postgres::event_columns);

/// A batch's columns, ready at hand: making them is not measured.
struct Staged {
  std::string data;
  std::set<std::int64_t> days;
};

/// With the events' columns and types, and no index.
const std::string staging_sql =
    "CREATE TEMPORARY TABLE staging ON COMMIT DELETE ROWS AS SELECT " + columns + " FROM events WITH NO DATA";

std::vector<Staged> stage(const std::vector<std::string>& bodies) {
  std::vector<Staged> all;
  for (const std::string& body : bodies) {
    const origin::EventBatch batch(body, origin::wall_clock_now());
    origin::postgres::CopyData data;
    Staged staged;
    for (const origin::EventRow& row : batch.rows()) {
      add_event(data, row, row.occurred);
      staged.days.insert(origin::day_of(row.occurred));
    }
    staged.data = data.finish();
    all.push_back(std::move(staged));
  }
  return all;
}

void insert(const Connection& connection, const Staged& staged) {
  run(connection, "BEGIN");
  run(connection, "COPY staging FROM STDIN (FORMAT binary)", PGRES_COPY_IN);
  if (PQputCopyData(connection.get(), staged.data.data(), static_cast<int>(staged.data.size())) != 1 ||
      PQputCopyEnd(connection.get(), nullptr) != 1) {
    give_up(connection);
  }
  while (PGresult* result = PQgetResult(connection.get())) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK) give_up(connection);
  }
  for (const std::int64_t day : staged.days) {
    run(connection, "INSERT INTO events_" + std::to_string(day) + " (" + columns + ") SELECT " + columns +
                        " FROM staging WHERE occurred_ms / " + std::to_string(origin::day_ms) + " = " +
                        std::to_string(day) + " ON CONFLICT (event_id) DO NOTHING");
  }
  run(connection, "COMMIT");
}

}  // namespace

double bare_postgres(const std::string& url, const std::vector<std::string>& bodies, std::size_t connections) {
  const std::vector<Staged> batches = stage(bodies);
  const Connection first = connect(url);
  for (const origin::migrations::Migration& migration : origin::migrations::events_postgres()) {
    run(first, std::string(migration.sql));
  }
  for (const Staged& batch : batches) {
    for (const std::int64_t day : batch.days) {
      run(first, "SELECT mayday_make_day(" + std::to_string(day) + ")", PGRES_TUPLES_OK);
    }
  }
  std::vector<Connection> writers;
  for (std::size_t i = 0; i < connections; ++i) {
    writers.push_back(connect(url));
    run(writers.back(), staging_sql);
  }
  std::atomic<std::size_t> next = 0;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (const Connection& writer : writers) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < batches.size(); at = next++) insert(writer, batches[at]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(bodies.size() * batch_events) / seconds_since(start);
}

}  // namespace mayday::bench
