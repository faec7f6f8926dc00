#include "origin/store/store_clickhouse.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "origin/log.h"
#include "origin/migrations/migrations.h"
#include "origin/store/day.h"
#include "origin/store/event_writer_clickhouse.h"
#include "origin/store/query_clickhouse.h"
#include "origin/store/server_store.h"

namespace mayday::origin {
namespace {

/// Few and large inserts are what ClickHouse wants.
constexpr std::size_t transaction_rows_max = 20'000;

/// ClickHouse has no transactions for tables: each statement can be run again, and the version is written when all were.
Result<void> migrate(clickhouse::Client& client) {
  Result<void> made =
      client.run("CREATE TABLE IF NOT EXISTS mayday_versions (version UInt32) ENGINE = MergeTree ORDER BY version");
  if (!made) return made;
  const auto rows = client.ask("SELECT toUInt32(max(version)) FROM mayday_versions");
  if (!rows) return rows.error();
  const auto version = rows->empty() ? std::int64_t{0} : rows->front().at(0).get<std::int64_t>();
  const auto set = migrations::events_clickhouse();
  if (version > set.back().version) {
    log_line(Level::error, "the tables were made by a newer mayday-origin");
    return Error{Code::storage_failed, 0};
  }
  for (const migrations::Migration& migration : set.subspan(static_cast<std::size_t>(version))) {
    // One statement a request; a semicolon stands at the end of each alone.
    for (std::string_view rest = migration.sql; !rest.empty();) {
      const std::size_t end = std::min(rest.find(";\n"), rest.size());
      if (Result<void> run = client.run(rest.substr(0, end)); !run) return run;
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    made = client.run("INSERT INTO mayday_versions VALUES (" + std::to_string(migration.version) + ")");
    if (!made) return made;
  }
  return {};
}

/// A table, and when a row's day begins.
constexpr std::pair<const char*, const char*> days_of_tables[] = {{"origin_events", "toStartOfDay(occurred)"},
                                                                  {"origin_minutes", "toStartOfDay(minute)"},
                                                                  {"origin_patterns", "toStartOfDay(at)"},
                                                                  {"origin_faces", "toDateTime(day, 'UTC')"}};

/// ClickHouse's clock may be this far from ours.
constexpr std::int64_t apart_ms_max = day_ms;

/// Days that are kept no more go by ClickHouse's own hand, too: where no origin runs, or one is set to keep them for longer. A
/// partition is a day, all of whose rows end in one moment, and parts go whole.
Result<void> set_ttl(clickhouse::Client& client, const StoreOptions& options) {
  const auto now = client.ask("SELECT toInt64(toUnixTimestamp(now())) * 1000");
  if (!now) return now.error();
  const std::int64_t apart_ms =
      now->empty() ? apart_ms_max + 1 : now->front().at(0).get<std::int64_t>() - options.now().ms;
  if (std::abs(apart_ms) > apart_ms_max) {
    log_line(Level::warn,
             "ClickHouse's clock is more than a day from this one: no TTL is set, and only the origin drops days");
    return {};
  }
  for (const auto& [table, day] : days_of_tables) {
    const std::string ttl = std::string(day) + " + toIntervalDay(" + std::to_string(options.retention_days + 1) + ")";
    const auto same =
        client.ask("SELECT position(create_table_query, " + clickhouse::quote(std::string_view("TTL " + ttl)) +
                   ") > 0 FROM system.tables WHERE database = currentDatabase() AND name = '" + table + "'");
    if (!same) return same.error();
    if (!same->empty() && same->front().at(0).get<int>() == 1) continue;
    const std::string alter = "ALTER TABLE " + std::string(table) + " ";
    Result<void> set = client.run(alter + "MODIFY SETTING ttl_only_drop_parts = 1");
    if (set) set = client.run(alter + "MODIFY TTL " + ttl);
    if (!set) return set;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_clickhouse_store(const std::string& url, StoreOptions options) {
  clickhouse::Client client(url, options.query_ms_max);
  if (Result<void> migrated = migrate(client); !migrated) return migrated.error();
  if (Result<void> set = set_ttl(client, options); !set) return set.error();
  const auto make_writer = [&](clickhouse::Client& engine, std::atomic<std::uint64_t>& bytes) {
    return std::make_unique<clickhouse::EventWriter>(
        engine,
        clickhouse::EventWriter::Options{.retention_days = options.retention_days,
                                         .retention_bytes = options.retention_bytes,
                                         .turns_url = options.turns_url,
                                         .now = options.now},
        bytes);
  };
  return std::unique_ptr<Store>(
      std::make_unique<ServerStore<clickhouse::Client>>(url, options, transaction_rows_max, make_writer));
}

}  // namespace mayday::origin
