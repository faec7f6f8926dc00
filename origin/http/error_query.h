#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/http/query.h"
#include "origin/store/store.h"

namespace mayday::origin::http {

inline constexpr std::size_t errors_per_page_max = 100;

/// A list of people's errors, newest first.
struct ErrorListQuery {
  EventFilter filter{.severity_min = Severity::low};
  std::size_t limit = 0;
  std::optional<EventCursor> cursor;
};

/// Reads `limit` (at most `errors_per_page_max`), `cursor` and `time_range`; answers the name of the first that can't be used.
std::string_view read_error_list(const Query& query, std::size_t limit_default, ErrorListQuery& out);

/// `15m`, `1h`, `7d`: at least a minute, at most 30 days. Nothing for any other text.
std::optional<std::int64_t> parse_time_range_ms(std::string_view text);

/// How many attempts to recover have succeeded, from 0 to 1; null where there was none.
nlohmann::json rate_of(const DailyErrors& day);

}  // namespace mayday::origin::http
