#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "origin/store/append_queue.h"
#include "origin/store/store.h"

namespace mayday::origin {

/// A store at a server. `Engine` is what asks it (postgres::Readers, clickhouse::Client); the questions themselves are the functions
/// of its namespace, which the compiler finds by it (query_postgres.h, query_clickhouse.h).
template <typename Engine>
class ServerStore final : public Store {
 public:
  /// `make_writer` is given the engine, and a place for what all events take.
  template <typename MakeWriter>
  ServerStore(const std::string& url, const StoreOptions& options, std::size_t transaction_rows_max,
              MakeWriter make_writer)
      : engine_(url, options.query_ms_max),
        queue_({.bytes_max = options.queue_bytes_max,
                .transaction_rows_max = transaction_rows_max,
                .on_committed = options.on_committed},
               make_writer(engine_, bytes_)) {}

  Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) override {
    return queue_.append(std::move(batch), std::move(done));
  }

  void close() override { queue_.close(); }

  Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) override {
    return query_events(engine_, filter, limit, cursor);
  }

  Result<std::optional<std::string>> find(const Uuid& event_id) override { return find_event(engine_, event_id); }

  Result<Rollup> minutes(const RollupFilter& filter) override { return query_overview(engine_, filter); }

  Result<std::vector<ErrorPattern>> error_patterns(const ErrorPatternQuery& query) override {
    return query_error_patterns(engine_, query);
  }

  Result<std::optional<ErrorPattern>> error_pattern(std::uint64_t fingerprint) override {
    return query_error_pattern(engine_, fingerprint);
  }

  Result<std::vector<StrugglingUser>> struggling_users(Timestamp since, std::uint64_t errors_more_than,
                                                       std::size_t limit) override {
    return query_struggling_users(engine_, since, errors_more_than, limit);
  }

  Result<std::vector<DailyErrors>> daily_errors(std::string_view user_id, Timestamp since) override {
    return query_daily_errors(engine_, user_id, since);
  }

  Result<void> check() override {
    return queue_.last_failed() ? Result<void>(Error{Code::storage_failed, 0}) : check_engine(engine_);
  }

  Code refusal() override { return queue_.is_full() ? Code::origin_unavailable : Code::none; }

  StoreFigures figures() override {
    StoreFigures figures = queue_.figures();
    figures.database_bytes = bytes_.load();
    return figures;
  }

 private:
  std::atomic<std::uint64_t> bytes_ = 0;
  Engine engine_;
  AppendQueue queue_;  ///< Last: its thread ends before the rest goes.
};

}  // namespace mayday::origin
