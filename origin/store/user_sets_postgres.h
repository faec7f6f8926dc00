#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "mayday/base/result.h"
#include "origin/sql/postgres_connection.h"
#include "origin/store/user_sets.h"

namespace mayday::origin::postgres {

/// Takes the sets of these patterns of one day into one each, as far as there are too many: in a transaction of its own. Of several
/// origins one does so at a time.
Result<void> unite_user_sets(Connection& connection, std::span<const UserSetCounts::Pattern> patterns);

/// Tells `counts` how many sets each pattern of each day has.
Result<void> count_user_sets(Connection& connection, UserSetCounts& counts);

/// By fingerprint, from rows of `fingerprint, users` in binary.
std::unordered_map<std::int64_t, UserUnion> user_unions(const Rows& rows);

}  // namespace mayday::origin::postgres
