#pragma once

#include <cstdint>

#include "mayday/base/timestamp.h"

/// How time is cut: days (UTC) hold events, spans hold counts. Whole numbers since 1970.
namespace mayday::origin {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t hour_ms = 60 * minute_ms;
inline constexpr std::int64_t day_ms = 24 * hour_ms;

/// The narrowest span in which patterns, errors and users are counted.
inline constexpr std::int64_t span_minutes = 5;
/// Wider ones, made of the next narrower once their time is over. Each divides the next.
inline constexpr std::int64_t wider_minutes[] = {60, 360, 1'440};

constexpr std::int64_t day_of(Timestamp time) { return time.ms / day_ms; }
constexpr Timestamp start_of_day(std::int64_t day) { return {day * day_ms}; }

/// The start of the span that holds `time`, in minutes.
constexpr std::int64_t span_of(Timestamp time, std::int64_t width_minutes = span_minutes) {
  const std::int64_t width_ms = width_minutes * minute_ms;
  return time.ms / width_ms * width_minutes;
}

/// The first span that begins at `time` or later, in minutes.
constexpr std::int64_t span_from(Timestamp time) { return span_of({time.ms + span_minutes * minute_ms - 1}); }

}  // namespace mayday::origin
