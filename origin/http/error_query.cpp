#include "origin/http/error_query.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "origin/clock.h"
#include "origin/http/event_query.h"

namespace mayday::origin::http {
namespace {

constexpr std::int64_t range_ms_min = 60 * 1'000;
constexpr std::int64_t range_ms_max = std::int64_t{30} * 24 * 60 * 60 * 1'000;

std::int64_t unit_ms(char unit) {
  switch (unit) {
    case 'm': return 60 * 1'000;
    case 'h': return 60 * 60 * 1'000;
    case 'd': return 24 * 60 * 60 * 1'000;
    default: return 0;
  }
}

}  // namespace

std::optional<std::int64_t> parse_time_range_ms(std::string_view text) {
  std::int64_t count = 0;
  if (text.size() < 2 || text.size() > 6) return std::nullopt;
  const char* end = text.data() + text.size() - 1;
  const auto [stopped, failure] = std::from_chars(text.data(), end, count);
  const std::int64_t range_ms = count * unit_ms(text.back());
  if (failure != std::errc{} || stopped != end || range_ms < range_ms_min || range_ms > range_ms_max)
    return std::nullopt;
  return range_ms;
}

std::string_view read_error_list(const Query& query, std::size_t limit_default, ErrorListQuery& out) {
  if (!query.is_valid()) return "query";
  const std::optional<std::int64_t> limit = query.integer("limit", 1, static_cast<std::int64_t>(errors_per_page_max),
                                                          static_cast<std::int64_t>(limit_default));
  if (!limit) return "limit";
  out.limit = static_cast<std::size_t>(*limit);
  if (const std::optional<std::string> text = query.value("cursor")) {
    out.cursor = parse_cursor(*text);
    if (!out.cursor) return "cursor";
  }
  if (const std::optional<std::string> text = query.value("time_range")) {
    const std::optional<std::int64_t> range_ms = parse_time_range_ms(*text);
    if (!range_ms) return "time_range";
    out.filter.since = Timestamp{wall_clock_now().ms - *range_ms};
  }
  return {};
}

nlohmann::json rate_of(const DailyErrors& day) {
  if (day.recovery_attempts == 0) return nullptr;
  const double rate = static_cast<double>(day.recoveries) / static_cast<double>(day.recovery_attempts);
  return std::round(rate * 100) / 100;
}

}  // namespace mayday::origin::http
