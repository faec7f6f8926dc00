#include "origin/store/migrate_sqlite.h"

#include <chrono>
#include <thread>

#include "origin/clock.h"
#include "origin/log.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::int64_t wal_ms_max = 10'000;
constexpr const char* wal_sql = "PRAGMA journal_mode=WAL";

/// An extended result code's lowest byte is the primary one.
constexpr int primary_code_mask = 0xff;

/// Going over to WAL needs the file alone and does not use the busy timeout: another process that starts may be at it.
Result<void> enter_wal(Database& database) {
  const std::int64_t deadline = steady_ms() + wal_ms_max;
  const auto is_busy = [&database] { return (database.try_execute(wal_sql) & primary_code_mask) == SQLITE_BUSY; };
  while (is_busy() && steady_ms() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return database.execute(wal_sql);
}

Result<int> read_version(Database& database) {
  Result<Statement> statement = database.prepare("PRAGMA user_version");
  if (!statement) return statement.error();
  const Result<bool> has_row = statement->step();
  if (!has_row) return has_row.error();
  return static_cast<int>(statement->integer(0));
}

Result<void> apply_missing(Database& database, std::span<const migrations::Migration> set) {
  const Result<int> version = read_version(database);
  if (!version) return version.error();
  const int newest = set.back().version;
  if (*version > newest) {
    log_line(Level::error, "the database was made by a newer mayday-origin: version " + std::to_string(*version) +
                               ", this one knows " + std::to_string(newest));
    return Error{Code::storage_failed, 0};
  }
  for (const migrations::Migration& migration : set.subspan(static_cast<std::size_t>(*version))) {
    if (Result<void> applied = database.execute(std::string(migration.sql).c_str()); !applied) return applied.error();
  }
  return database.execute(("PRAGMA user_version=" + std::to_string(newest)).c_str());
}

}  // namespace

Result<void> migrate(Database& database, std::span<const migrations::Migration> set) {
  if (Result<void> entered = enter_wal(database); !entered) return entered;
  // Immediate: the write lock is taken before the version is read, so two processes can't both see the old one.
  if (Result<void> begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> applied = apply_missing(database, set);
  if (!applied) {
    database.try_execute("ROLLBACK");
    return applied;
  }
  return database.execute("COMMIT");
}

}  // namespace mayday::origin::sqlite
