#include <atomic>
#include <utility>

#include "origin/migrations/migrations.h"
#include "origin/store/append_queue.h"
#include "origin/store/event_writer_postgres.h"
#include "origin/store/query_postgres.h"
#include "origin/store/store.h"

namespace mayday::origin {
namespace {

/// A transaction of PostgreSQL's costs more than one of SQLite's, and its rows less.
constexpr std::size_t transaction_rows_max = 5'000;

class PostgresStore final : public Store {
 public:
  PostgresStore(const std::string& url, StoreOptions options)
      : readers_(url, options.query_ms_max),
        queue_({.bytes_max = options.queue_bytes_max,
                .transaction_rows_max = transaction_rows_max,
                .on_committed = std::move(options.on_committed)},
               std::make_unique<postgres::EventWriter>(
                   postgres::EventWriter::Options{.url = url,
                                                  .retention_days = options.retention_days,
                                                  .retention_bytes = options.retention_bytes,
                                                  .now = std::move(options.now)},
                   bytes_)) {}

  Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) override {
    return queue_.append(std::move(batch), std::move(done));
  }

  Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) override {
    return postgres::query_events(readers_, filter, limit, cursor);
  }

  Result<std::optional<std::string>> find(const Uuid& event_id) override {
    return postgres::find_event(readers_, event_id);
  }

  Result<Rollup> minutes(const RollupFilter& filter) override { return postgres::query_overview(readers_, filter); }

  Result<std::vector<ErrorPattern>> error_patterns(const ErrorPatternQuery& query) override {
    return postgres::query_error_patterns(readers_, query);
  }

  Result<std::optional<ErrorPattern>> error_pattern(std::uint64_t fingerprint) override {
    return postgres::query_error_pattern(readers_, fingerprint);
  }

  Result<std::vector<StrugglingUser>> struggling_users(Timestamp since, std::uint64_t errors_more_than,
                                                       std::size_t limit) override {
    return postgres::query_struggling_users(readers_, since, errors_more_than, limit);
  }

  Result<std::vector<DailyErrors>> daily_errors(std::string_view user_id, Timestamp since) override {
    return postgres::query_daily_errors(readers_, user_id, since);
  }

  Result<void> check() override {
    if (queue_.last_failed()) return Error{Code::storage_failed, 0};
    const Result<postgres::Rows> rows = readers_.run("SELECT 1");
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
  postgres::Readers readers_;
  AppendQueue queue_;  ///< Last: its thread ends before the rest goes.
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, StoreOptions options) {
  Result<postgres::Connection> connection = postgres::Connection::open(url);
  if (!connection) return connection.error();
  Result<void> migrated = postgres::migrate(*connection, "events", migrations::events_postgres());
  if (!migrated) return migrated.error();
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(url, std::move(options)));
}

}  // namespace mayday::origin
