#include "origin/store/single_file_sqlite.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "origin/log.h"
#include "origin/store/spans_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::int64_t chunk_rows = 2'000;
constexpr std::int64_t progress_rows = 200'000;

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

Result<bool> holds_events(const std::string& path) {
  if (!is_there(path)) return false;
  Result<Database> database = Database::open(path, {});
  if (!database) return database.error();
  Result<Statement> statement =
      database->prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'events'");
  if (!statement) return statement.error();
  return statement->step();
}

/// With all that stands in its WAL, so that the one file is everything.
Result<void> move_aside(const std::string& path, const std::string& aside) {
  {
    Result<Database> database = Database::open(path, {});
    if (!database) return database.error();
    if (Result<void> done = database->execute("PRAGMA wal_checkpoint(TRUNCATE)"); !done) return done;
    if (Result<void> done = database->execute("PRAGMA journal_mode=DELETE"); !done) return done;
  }
  if (std::rename(path.c_str(), aside.c_str()) != 0) return Error{Code::storage_failed, 0};
  return {};
}

/// Reads the rows after `id`, which is moved on; answers how many there were.
Result<std::int64_t> move_chunk(Database& from, std::int64_t& id, AppendQueue::Writer& writer) {
  std::string lines;
  Timestamp received;
  std::int64_t rows = 0;
  Result<Statement> statement =
      from.prepare("SELECT id, received_ms, body FROM events WHERE id > ?1 ORDER BY id LIMIT ?2");
  if (!statement) return statement.error();
  statement->bind(1, id);
  statement->bind(2, chunk_rows);
  Result<void> read = read_rows(std::move(statement), [&](Statement& row) {
    id = row.integer(0);
    received = std::max(received, Timestamp{row.integer(1)});
    lines += row.text(2);
    lines += '\n';
    ++rows;
  });
  if (!read) return read.error();
  AppendQueue::Job job{
      .batch = std::make_shared<const EventBatch>(std::move(lines), received), .done = {}, .appended = {}};
  std::vector<const EventRow*> added;
  if (Result<void> written = writer.write({&job, 1}, added); !written) return written.error();
  if (!job.batch->rejected().empty()) return Error{Code::storage_failed, 0};
  return rows;
}

}  // namespace

Result<void> adopt_single_file(const std::string& database_path, const DayFiles& files, AppendQueue::Writer& writer) {
  const FolderLock lock(files.folder());
  const std::string aside = files.folder() + "/before.db";
  if (!is_there(aside)) {
    const Result<bool> holds = holds_events(database_path);
    if (!holds) return holds.error();
    if (!*holds) return {};
    if (Result<void> moved = move_aside(database_path, aside); !moved) return moved;
  }
  log_line(Level::info, "moving the events of " + database_path + " into a file a day");
  Result<Database> from = Database::open(aside, {});
  if (!from) return from.error();
  std::int64_t id = 0;
  std::int64_t total = 0;
  for (;;) {
    const Result<std::int64_t> moved = move_chunk(*from, id, writer);
    if (!moved) return moved.error();
    if (*moved == 0) break;
    if (total / progress_rows != (total + *moved) / progress_rows) {
      log_line(Level::info, "moved " + std::to_string(total + *moved) + " events");
    }
    total += *moved;
  }
  log_line(Level::info, "moved all " + std::to_string(total) + " events");
  unlink(aside.c_str());
  return {};
}

}  // namespace mayday::origin::sqlite
