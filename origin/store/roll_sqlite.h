#pragma once

#include <cstddef>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// Makes the wider counts of one day's file, of spans that are over at `settled`, at most `spans_max` of them, each in a
/// transaction of its own. Answers how many it has made: less than `spans_max` means that there are no more.
Result<std::size_t> roll_up(Database& database, std::int64_t day, Timestamp settled, std::size_t spans_max);

}  // namespace mayday::origin::sqlite
