#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "origin/clock.h"
#include "origin/log.h"
#include "origin/store/append_sqlite.h"
#include "origin/store/migrate_sqlite.h"
#include "origin/store/query_sqlite.h"
#include "origin/store/store.h"

namespace mayday::origin {
namespace {

using sqlite::Appender;
using sqlite::Database;

/// Rows in one transaction. More gains little (STORAGE: 500 to 5,000 doubles, then it is flat) and holds the lock longer.
constexpr std::size_t transaction_rows_max = 5'000;

/// Connections that wait for the next question. More may be open at once, they are closed after use.
constexpr std::size_t idle_readers_max = 4;

constexpr std::int64_t disk_check_ms = 1'000;

struct Job {
  std::shared_ptr<const EventBatch> batch;
  Store::AppendDone done;
  Result<Appended> appended = Appended{};
};

class SqliteStore final : public Store {
 public:
  SqliteStore(StoreOptions options, std::unique_ptr<Database> writer, Appender appender)
      : options_(std::move(options)), writer_(std::move(writer)), appender_(std::move(appender)) {
    thread_ = std::thread([this] { write_until_closed(); });
  }

  ~SqliteStore() override {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) override {
    if (is_disk_full()) return Error{Code::disk_full, 0};
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || queued_bytes_ >= options_.queue_bytes_max) return Error{Code::origin_unavailable, 0};
      if (waiting_events_ == 0) progress_ms_ = steady_ms();
      queued_bytes_ += batch->bytes();
      waiting_events_ += batch->rows().size();
      queue_.push_back({.batch = std::move(batch), .done = std::move(done)});
    }
    wake_.notify_one();
    return {};
  }

  Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) override {
    return read<EventPage>([&](Database& db) { return sqlite::query_events(db, filter, limit, cursor); });
  }

  Result<std::optional<std::string>> find(const Uuid& event_id) override {
    return read<std::optional<std::string>>([&](Database& db) { return sqlite::find_event(db, event_id); });
  }

  Result<Rollup> minutes(const RollupFilter& filter) override {
    return read<Rollup>([&](Database& db) { return sqlite::query_rollup(db, filter); });
  }

  Result<void> check() override {
    if (last_failed_.load()) return Error{Code::storage_failed, 0};
    const Result<std::optional<std::string>> found = find(Uuid{});
    if (!found) return found.error();
    return {};
  }

  Code refusal() override {
    if (is_disk_full()) return Code::disk_full;
    const std::lock_guard lock(mutex_);
    return queued_bytes_ >= options_.queue_bytes_max ? Code::origin_unavailable : Code::none;
  }

  StoreFigures figures() override {
    StoreFigures figures;
    struct stat file{};
    for (const char* suffix : {"", "-wal"}) {
      if (stat((options_.path + suffix).c_str(), &file) == 0) {
        figures.database_bytes += static_cast<std::uint64_t>(file.st_size);
      }
    }
    const std::lock_guard lock(mutex_);
    figures.queued_batches = queue_.size();
    figures.queued_events = waiting_events_;
    figures.stored_events = stored_events_;
    figures.transactions = transactions_;
    if (waiting_events_ > 0) figures.stalled_ms = steady_ms() - progress_ms_;
    return figures;
  }

 private:
  /// Takes what waits, as much as one transaction should hold. Empty: closed, and nothing is left.
  std::vector<Job> take_jobs() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    std::vector<Job> jobs;
    for (std::size_t rows = 0; !queue_.empty() && rows < transaction_rows_max;) {
      rows += queue_.front().batch->rows().size();
      queued_bytes_ -= queue_.front().batch->bytes();
      jobs.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return jobs;
  }

  void write_until_closed() {
    for (std::vector<Job> jobs = take_jobs(); !jobs.empty(); jobs = take_jobs()) {
      const Result<void> written = write(jobs);
      if (!written) appender_.rollback();
      last_failed_.store(!written);
      settle(jobs, static_cast<bool>(written));
      if (written && options_.on_committed && !appender_.added().empty()) options_.on_committed(appender_.added());
      for (Job& job : jobs) job.done(written ? job.appended : Result<Appended>(written.error()));
    }
  }

  Result<void> write(std::vector<Job>& jobs) {
    if (Result<void> begun = appender_.begin(); !begun) return begun;
    for (Job& job : jobs) {
      job.appended = appender_.append(*job.batch);
      if (!job.appended) return job.appended.error();
    }
    return appender_.commit();
  }

  void settle(const std::vector<Job>& jobs, bool is_committed) {
    const std::lock_guard lock(mutex_);
    for (const Job& job : jobs) waiting_events_ -= job.batch->rows().size();
    if (!is_committed) return;
    progress_ms_ = steady_ms();
    ++transactions_;
    stored_events_ += appender_.added().size();
  }

  bool is_disk_full() {
    const std::int64_t now = steady_ms();
    std::int64_t checked = disk_checked_ms_.load();
    if (now - checked < disk_check_ms || !disk_checked_ms_.compare_exchange_strong(checked, now)) {
      return disk_full_.load();
    }
    struct statvfs disk{};
    if (statvfs(options_.path.c_str(), &disk) != 0) return disk_full_.load();
    const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    disk_full_.store(free_bytes < options_.disk_free_bytes_min);
    return disk_full_.load();
  }

  template <typename T, typename Question>
  Result<T> read(Question question) {
    Result<Database> database = take_reader();
    if (!database) return database.error();
    database->set_deadline(steady_ms() + options_.query_ms_max);
    Result<T> answer = question(*database);
    if (!answer) return answer;  // The connection goes too: whatever is wrong with it ends here.
    const std::lock_guard lock(readers_mutex_);
    if (readers_.size() < idle_readers_max) readers_.push_back(std::move(*database));
    return answer;
  }

  Result<Database> take_reader() {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        Database database = std::move(readers_.back());
        readers_.pop_back();
        return database;
      }
    }
    return Database::open(options_.path, {.read_only = true});
  }

  StoreOptions options_;
  std::unique_ptr<Database> writer_;
  Appender appender_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t waiting_events_ = 0;  ///< Queued, or in the transaction that runs.
  std::int64_t progress_ms_ = 0;
  std::uint64_t stored_events_ = 0;
  std::uint64_t transactions_ = 0;
  bool closed_ = false;

  std::atomic<bool> last_failed_ = false;
  std::atomic<bool> disk_full_ = false;
  std::atomic<std::int64_t> disk_checked_ms_ = -disk_check_ms;

  std::mutex readers_mutex_;
  std::vector<Database> readers_;
  std::thread thread_;
};

/// Events hold what happened to people: the file is its owner's alone. SQLite gives its WAL the same mode.
void make_private(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) close(file);
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(StoreOptions options) {
  make_private(options.path);
  Result<Database> opened = Database::open(options.path, {});
  if (!opened) return opened.error();
  auto writer = std::make_unique<Database>(std::move(*opened));
  if (Result<void> migrated = sqlite::migrate(*writer, migrations::events_sqlite()); !migrated) return migrated.error();
  // FULL: acknowledged means on the disk. It costs 5 % with batches (STORAGE). A checkpoint each 10,000 pages is 1.5 to 2
  // times as fast as each 1,000.
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=10000"}) {
    if (Result<void> set = writer->execute(pragma); !set) return set.error();
  }
  Result<Appender> appender = Appender::prepare(*writer);
  if (!appender) return appender.error();
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(options), std::move(writer), std::move(*appender)));
}

}  // namespace mayday::origin
