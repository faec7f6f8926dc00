#include "origin/store/span_plan.h"

#include <algorithm>
#include <iterator>

#include "origin/store/day.h"

namespace mayday::origin {
namespace {

/// The widest span that begins at `from` and ends by `until`; five minutes always do.
std::int64_t widest(const RolledSpans& rolled, std::int64_t from, std::int64_t until) {
  for (auto width = std::rbegin(wider_minutes); width != std::rend(wider_minutes); ++width) {
    if (from % *width == 0 && from + *width <= until && rolled.contains({*width, from})) return *width;
  }
  return span_minutes;
}

}  // namespace

std::vector<SpanRun> plan_spans(const RolledSpans& rolled, std::int64_t day, Timestamp since, Timestamp until) {
  const std::int64_t end = std::min(span_from(until), start_of_day(day + 1).ms / minute_ms);
  std::vector<SpanRun> runs;
  for (std::int64_t from = std::max(span_of(since), start_of_day(day).ms / minute_ms); from < end;) {
    const std::int64_t width = widest(rolled, from, end);
    const bool joins = !runs.empty() && runs.back().width == width && runs.back().until == from;
    if (!joins) runs.push_back({.width = width, .from = from, .until = from});
    from += width;
    runs.back().until = from;
  }
  return runs;
}

}  // namespace mayday::origin
