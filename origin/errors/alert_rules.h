#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/store/event_batch.h"

namespace mayday::origin {

/// One pattern's errors since they were looked at last.
struct Burst {
  std::uint64_t fingerprint = 0;
  Severity severity = Severity::none;  ///< The gravest.
  std::int64_t occurrences = 0;
  ErrorKind kind = ErrorKind::unknown;
  std::string message;
  std::string page;
  std::string action;
  std::string environment;
  Timestamp latest;
};

/// Knows what is suddenly frequent: at least twenty in five minutes, and five times what a five minutes of the hour before had on
/// average. Remembers 10,000 patterns, the least active go first. For one thread.
class FrequencyWatch {
 public:
  static constexpr std::size_t patterns_max = 10'000;
  static constexpr std::int64_t window_ms = 5 * 60 * 1'000;
  static constexpr std::int64_t occurrences_min = 20;
  static constexpr double times_as_many = 5;

  /// Counts; true where the window that `at` is in has just become one.
  bool count(std::uint64_t fingerprint, std::int64_t occurrences, Timestamp at);

 private:
  struct Watched {
    std::int64_t window = 0;
    std::int64_t occurrences = 0;
    double average = 0;  ///< Of the windows before, the newer the more (a twelfth each: an hour).
    bool is_told = false;
  };
  void forget_quiet_ones(std::int64_t window);

  std::map<std::uint64_t, Watched> patterns_;
};

/// What of `rows` is somebody's error, by pattern.
std::vector<Burst> bursts_of(std::span<const EventRow* const> rows);

}  // namespace mayday::origin
