#pragma once

#include <cstdint>
#include <limits>

#include "origin/store/day.h"
#include "origin/store/event_batch.h"

namespace mayday::origin {

/// Where an event stands in time, which decides its day.
struct Place {
  Timestamp occurred;
  bool by_arrival = false;  ///< Its own time is of no use, so that the next delivery may stand elsewhere.
};

/// An event whose day is older than `oldest_day` stands where it was received: it is kept for as long as what came with it.
Place place(const EventRow& row, std::int64_t oldest_day);

/// The two days where an earlier delivery may have put the event; `no_day` for those where it can't.
struct DaysBeside {
  static constexpr std::int64_t no_day = std::numeric_limits<std::int64_t>::min();
  std::int64_t before = no_day;
  std::int64_t after = no_day;
};

/// Two deliveries of one event differ by three hours at most in what they say of its time, or by a day where it stands by its
/// arrival.
DaysBeside days_beside(const Place& place);

}  // namespace mayday::origin
