#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "origin/clock.h"
#include "origin/log.h"
#include "origin/store/append_queue.h"
#include "origin/store/day.h"
#include "origin/store/day_files_sqlite.h"
#include "origin/store/disk_guard.h"
#include "origin/store/event_writer_sqlite.h"
#include "origin/store/query_sqlite.h"
#include "origin/store/single_file_sqlite.h"
#include "origin/store/store.h"

namespace mayday::origin {
namespace {

/// More gains little (STORAGE: 500 to 5,000 doubles, then it is flat) and holds the lock longer.
constexpr std::size_t transaction_rows_max = 5'000;

class SqliteStore final : public Store {
 public:
  SqliteStore(StoreOptions options, const sqlite::DayFiles& files, std::unique_ptr<sqlite::EventWriter> writer)
      : query_ms_max_(options.query_ms_max),
        readers_(files),
        guard_(files.folder(), options.disk_free_bytes_min),
        queue_({.bytes_max = options.queue_bytes_max,
                .transaction_rows_max = transaction_rows_max,
                .on_committed = std::move(options.on_committed)},
               std::move(writer)) {}

  Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) override {
    if (guard_.is_full()) return Error{Code::disk_full, 0};
    return queue_.append(std::move(batch), std::move(done));
  }

  void close() override { queue_.close(); }

  Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) override {
    return sqlite::query_events(readers_, filter, limit, cursor, deadline());
  }

  Result<std::optional<std::string>> find(const Uuid& event_id) override {
    return sqlite::find_event(readers_, event_id, deadline());
  }

  Result<Rollup> minutes(const RollupFilter& filter) override {
    return sqlite::query_overview(readers_, filter, deadline());
  }

  Result<std::vector<ErrorPattern>> error_patterns(const ErrorPatternQuery& query) override {
    return sqlite::query_error_patterns(readers_, query, deadline());
  }

  Result<std::optional<ErrorPattern>> error_pattern(std::uint64_t fingerprint) override {
    return sqlite::query_error_pattern(readers_, fingerprint, deadline());
  }

  Result<std::vector<StrugglingUser>> struggling_users(Timestamp since, std::uint64_t errors_more_than,
                                                       std::size_t limit) override {
    return sqlite::query_struggling_users(readers_, since, errors_more_than, limit, deadline());
  }

  Result<std::vector<DailyErrors>> daily_errors(std::string_view user_id, Timestamp since) override {
    return sqlite::query_daily_errors(readers_, user_id, since, deadline());
  }

  Result<void> check() override {
    if (queue_.last_failed()) return Error{Code::storage_failed, 0};
    const Result<EventPage> page = query({}, 1, std::nullopt);
    return page ? Result<void>() : Result<void>(page.error());
  }

  Code refusal() override {
    if (guard_.is_full()) return Code::disk_full;
    return queue_.is_full() ? Code::origin_unavailable : Code::none;
  }

  StoreFigures figures() override {
    StoreFigures figures = queue_.figures();
    for (const std::int64_t day : readers_.files().days()) figures.database_bytes += readers_.files().bytes_of(day);
    return figures;
  }

 private:
  std::int64_t deadline() const { return steady_ms() + query_ms_max_; }

  std::int64_t query_ms_max_;
  sqlite::Readers readers_;
  DiskGuard guard_;
  AppendQueue queue_;  ///< Last: its thread ends before the rest goes.
};

/// Events hold what happened to people: the folder is its owner's alone.
bool make_private_folder(const std::string& folder) {
  return mkdir(folder.c_str(), S_IRWXU) == 0 || std::filesystem::is_directory(folder);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(StoreOptions options) {
  sqlite::DayFiles files(sqlite::folder_of_days(options.path));
  if (!make_private_folder(files.folder())) {
    log_line(Level::error, "can't make the folder " + files.folder());
    return Error{Code::storage_failed, 0};
  }
  auto writer = std::make_unique<sqlite::EventWriter>(
      files,
      sqlite::EventWriter::Options{
          .retention_days = options.retention_days, .retention_bytes = options.retention_bytes, .now = options.now});
  if (Result<void> adopted = sqlite::adopt_single_file(options.path, files, *writer); !adopted) return adopted.error();
  // Today's file tells whether the folder can be written at all.
  const Result<sqlite::Database> today = files.open(day_of(options.now()));
  if (!today) return today.error();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(options), std::move(files), std::move(writer)));
}

}  // namespace mayday::origin
