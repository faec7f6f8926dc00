#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mayday/base/result.h"
#include "origin/sql/database.h"

namespace mayday::origin {

struct CopiedTable {
  std::string name;
  std::int64_t rows = 0;  ///< What the target has of it now; never less than the source.
};

/// Copies accounts, tickets and alerts into a desk that is new, or that an earlier copy has begun: each table in a transaction
/// of its own. What the target has already stays as it is. Request logs, which live for an hour, are not copied. `storage_failed` also
/// where a table holds less than its source afterwards.
Result<std::vector<CopiedTable>> copy_desk(sql::Database& from, sql::Database& to);

}  // namespace mayday::origin
