#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/http/query.h"
#include "origin/store/store.h"

namespace mayday::origin::http {

inline constexpr std::size_t events_per_page = 50;
inline constexpr std::size_t events_per_page_max = 200;

/// What `GET /events` asks for.
struct EventQuery {
  EventFilter filter;
  std::size_t limit = events_per_page;
  std::optional<EventCursor> cursor;
};

/// Reads the parameters into `out`; answers the name of the first that can't be used, empty where all can.
std::string_view read_event_query(const Query& query, EventQuery& out);

/// RFC 3339, or milliseconds since 1970.
std::optional<Timestamp> parse_time(std::string_view text);

std::string format_cursor(const EventCursor& cursor);
std::optional<EventCursor> parse_cursor(std::string_view text);

/// 16 hex digits.
std::optional<std::uint64_t> parse_fingerprint(std::string_view text);

/// False where `level` is there and no level.
bool read_level(const Query& query, std::optional<Level>& level);

}  // namespace mayday::origin::http
