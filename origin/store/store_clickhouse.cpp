#include "origin/store/store_clickhouse.h"

#include <atomic>
#include <nlohmann/json.hpp>
#include <utility>

#include "origin/log.h"
#include "origin/migrations/migrations.h"
#include "origin/store/append_queue.h"
#include "origin/store/event_writer_clickhouse.h"
#include "origin/store/query_clickhouse.h"

namespace mayday::origin {
namespace {

/// Few and large inserts are what ClickHouse wants.
constexpr std::size_t transaction_rows_max = 20'000;

class ClickHouseStore final : public Store {
 public:
  ClickHouseStore(const std::string& url, StoreOptions options)
      : client_(url, options.query_ms_max),
        queue_({.bytes_max = options.queue_bytes_max,
                .transaction_rows_max = transaction_rows_max,
                .on_committed = std::move(options.on_committed)},
               std::make_unique<clickhouse::EventWriter>(
                   client_,
                   clickhouse::EventWriter::Options{.retention_days = options.retention_days,
                                                    .retention_bytes = options.retention_bytes,
                                                    .now = std::move(options.now)},
                   bytes_)) {}

  Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) override {
    return queue_.append(std::move(batch), std::move(done));
  }

  Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) override {
    return clickhouse::query_events(client_, filter, limit, cursor);
  }

  Result<std::optional<std::string>> find(const Uuid& event_id) override {
    return clickhouse::find_event(client_, event_id);
  }

  Result<Rollup> minutes(const RollupFilter& filter) override { return clickhouse::query_overview(client_, filter); }

  Result<std::vector<ErrorPattern>> error_patterns(const ErrorPatternQuery& query) override {
    return clickhouse::query_error_patterns(client_, query);
  }

  Result<std::optional<ErrorPattern>> error_pattern(std::uint64_t fingerprint) override {
    return clickhouse::query_error_pattern(client_, fingerprint);
  }

  Result<std::vector<StrugglingUser>> struggling_users(Timestamp since, std::uint64_t errors_more_than,
                                                       std::size_t limit) override {
    return clickhouse::query_struggling_users(client_, since, errors_more_than, limit);
  }

  Result<std::vector<DailyErrors>> daily_errors(std::string_view user_id, Timestamp since) override {
    return clickhouse::query_daily_errors(client_, user_id, since);
  }

  Result<void> check() override {
    if (queue_.last_failed()) return Error{Code::storage_failed, 0};
    const auto rows = client_.ask("SELECT 1");
    return rows ? Result<void>() : Result<void>(rows.error());
  }

  Code refusal() override { return queue_.is_full() ? Code::origin_unavailable : Code::none; }

  StoreFigures figures() override {
    StoreFigures figures = queue_.figures();
    figures.database_bytes = bytes_.load();
    return figures;
  }

 private:
  std::atomic<std::uint64_t> bytes_ = 0;
  clickhouse::Client client_;
  AppendQueue queue_;  ///< Last: its thread ends before the rest goes.
};

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

}  // namespace

Result<std::unique_ptr<Store>> open_clickhouse_store(const std::string& url, StoreOptions options) {
  clickhouse::Client client(url, options.query_ms_max);
  if (Result<void> migrated = migrate(client); !migrated) return migrated.error();
  return std::unique_ptr<Store>(std::make_unique<ClickHouseStore>(url, std::move(options)));
}

}  // namespace mayday::origin
