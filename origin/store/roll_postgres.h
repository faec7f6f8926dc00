#pragma once

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/sql/postgres_connection.h"

namespace mayday::origin::postgres {

/// Makes the wider counts of every day that is there, of spans that are over at `settled`, the newest day first, until
/// `budget_ms` are used up.
Result<void> roll_up(Connection& connection, Timestamp settled, std::int64_t budget_ms);

}  // namespace mayday::origin::postgres
