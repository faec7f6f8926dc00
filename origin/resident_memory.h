#pragma once

#include <cstdint>

namespace mayday::origin {

/// This process's resident memory by /proc; 0 where there is none.
std::uint64_t resident_bytes();

}  // namespace mayday::origin
