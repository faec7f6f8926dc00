#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "mayday/base/timestamp.h"

namespace mayday::origin {

/// The wall clock. The core never reads it: the origin hands the time in.
Timestamp wall_clock_now();

/// RFC 3339 in UTC, to the millisecond.
std::string format_time(Timestamp time);

/// Milliseconds that never go back, for deadlines and ages.
std::int64_t steady_ms();

/// 256 bits from the kernel. Stops the program where the kernel has none to give.
std::array<std::uint64_t, 4> entropy();

}  // namespace mayday::origin
