#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mayday::bench {

inline constexpr std::size_t batch_events = 500;

/// NDJSON of about a 1,000 bytes an event, `batch_events` in each body; no two events are alike, and each has a user of its own.
/// They are of the last minutes.
std::vector<std::string> make_bodies(std::size_t events);

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace mayday::bench
