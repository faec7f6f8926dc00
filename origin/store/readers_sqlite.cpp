#include "origin/store/readers_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

/// A month's days once, or a few days for several threads.
constexpr std::size_t idle_max = 32;

}  // namespace

Result<Database> Readers::take(std::int64_t day) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = idle_.find(day);
    if (found != idle_.end()) {
      Database database = std::move(found->second);
      idle_.erase(found);
      return database;
    }
  }
  Result<Database> database = Database::open(files_.path_of(day), {.read_only = true});
  // Many may be open at once: half a megabyte of pages each, and what the system keeps anyway.
  if (database) database->try_execute("PRAGMA cache_size=-512");
  return database;
}

void Readers::give_back(std::int64_t day, Database database) {
  const bool is_there = files_.exists(day);
  const std::lock_guard lock(mutex_);
  if (!is_there) {
    idle_.erase(day);
    return;
  }
  // The oldest day is the one that is asked for least.
  if (idle_.size() >= idle_max) idle_.erase(idle_.begin());
  idle_.emplace(day, std::move(database));
}

}  // namespace mayday::origin::sqlite
