#include "origin/store/place.h"

#include <algorithm>

namespace mayday::origin {
namespace {

constexpr std::int64_t delivery_ms_max = 3 * hour_ms;

}  // namespace

Place place(const EventRow& row, std::int64_t oldest_day) {
  if (day_of(row.occurred) >= oldest_day) return {row.occurred, row.occurred == row.received};
  return {std::max(row.received, start_of_day(oldest_day)), true};
}

DaysBeside days_beside(const Place& place) {
  const std::int64_t day = day_of(place.occurred);
  const std::int64_t into_day_ms = place.occurred.ms - start_of_day(day).ms;
  DaysBeside beside;
  if (place.by_arrival || into_day_ms < delivery_ms_max) beside.before = day - 1;
  if (day_ms - into_day_ms <= delivery_ms_max) beside.after = day + 1;
  return beside;
}

}  // namespace mayday::origin
