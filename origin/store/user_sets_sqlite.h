#pragma once

#include <cstdint>
#include <span>

#include "mayday/base/result.h"
#include "origin/store/sqlite.h"
#include "origin/store/user_sets.h"

namespace mayday::origin::sqlite {

/// Takes the sets of these patterns into one each, as far as there are too many: in a transaction of its own.
Result<void> unite_user_sets(Database& database, std::span<const UserSetCounts::Pattern> patterns);

/// Tells `counts` how many sets the patterns of this day's file have.
Result<void> count_user_sets(Database& database, std::int64_t day, UserSetCounts& counts);

/// Adds the users of one pattern; `statement` is of `user_sets_sql`.
Result<void> read_user_sets(Statement& statement, std::int64_t fingerprint, UserUnion& users);

/// The sets of the pattern ?1.
inline constexpr const char* user_sets_sql = "SELECT users FROM user_sets WHERE fingerprint = ?1";

}  // namespace mayday::origin::sqlite
