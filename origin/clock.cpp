#include "origin/clock.h"

#include <sys/random.h>

#include <chrono>

#include "mayday/base/assert.h"

namespace mayday::origin {

Timestamp wall_clock_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::string format_time(Timestamp time) {
  char text[timestamp_chars];
  format_timestamp(time, text);
  return {text, timestamp_chars};
}

std::int64_t steady_ms() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count();
}

std::array<std::uint64_t, 4> entropy() {
  std::array<std::uint64_t, 4> seed{};
  MAYDAY_ASSERT(getrandom(seed.data(), sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
  return seed;
}

}  // namespace mayday::origin
