#pragma once

#include <span>
#include <string_view>

#include "mayday/base/result.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// One numbered SQL file of origin/migrations/sqlite, linked in.
struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

/// In order of version, 1 first, without a gap. Made by cmake/embed.cmake.
std::span<const Migration> migrations();

/// Brings the tables to the newest version, each step in one transaction; of two processes that start together one waits.
/// Refuses a file that a newer mayday-origin has made.
Result<void> migrate(Database& database);

}  // namespace mayday::origin::sqlite
