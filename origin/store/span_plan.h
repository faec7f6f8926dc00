#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "mayday/base/timestamp.h"

namespace mayday::origin {

/// Width and start (minutes since 1970) of the wider spans that there are.
using RolledSpans = std::set<std::pair<std::int64_t, std::int64_t>>;

/// Counts of one width whose start is in the range.
struct SpanRun {
  std::int64_t width;
  std::int64_t from;   ///< Minutes since 1970.
  std::int64_t until;  ///< Exclusive.
};

/// The fewest counts that make up `since` to `until`, in whole five minutes, as far as they are in `day`: the widest spans that are
/// there and fit, and five minutes at the edges.
std::vector<SpanRun> plan_spans(const RolledSpans& rolled, std::int64_t day, Timestamp since, Timestamp until);

}  // namespace mayday::origin
