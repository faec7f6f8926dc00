#pragma once

#include <span>
#include <string_view>

#include "mayday/base/result.h"
#include "origin/migrations/migrations.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// Brings the tables to the newest version of `set`, in one transaction; of two processes that start together one waits.
/// Refuses a file that a newer mayday-origin has made.
Result<void> migrate(Database& database, std::span<const migrations::Migration> set);

}  // namespace mayday::origin::sqlite
