#include "origin/http/event_query.h"

#include <charconv>

#include "mayday/event/level.h"

namespace mayday::origin::http {
namespace {

/// A text filter longer than the longest field fits nothing.
constexpr std::size_t text_bytes_max = 2'048;

template <typename Integer>
bool read_whole(std::string_view text, Integer& value, int base = 10) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return failure == std::errc{} && end == text.data() + text.size();
}

bool read_time(const Query& query, std::string_view name, std::optional<Timestamp>& time) {
  const std::optional<std::string> text = query.value(name);
  if (!text) return true;
  time = parse_time(*text);
  return time.has_value();
}

std::string_view read_texts(const Query& query, EventFilter& filter) {
  const std::pair<std::string_view, std::optional<std::string>*> texts[] = {
      {"service", &filter.service},       {"environment", &filter.environment},
      {"release", &filter.release},       {"session_id", &filter.session_id},
      {"user_id", &filter.user_id},       {"trace_id", &filter.trace_id},
      {"request_id", &filter.request_id}, {"q", &filter.search}};
  for (const auto& [name, text] : texts) {
    *text = query.value(name);
    if (*text && (*text)->size() > text_bytes_max) return name;
  }
  return {};
}

}  // namespace

std::optional<Timestamp> parse_time(std::string_view text) {
  if (const std::optional<Timestamp> time = mayday::parse_timestamp(text)) return time;
  std::int64_t ms = 0;
  if (!read_whole(text, ms) || ms < 0) return std::nullopt;
  return Timestamp{ms};
}

std::string format_cursor(const EventCursor& cursor) {
  return std::to_string(cursor.occurred.ms) + "-" + std::to_string(cursor.id);
}

std::optional<EventCursor> parse_cursor(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  EventCursor cursor;
  if (!read_whole(text.substr(0, dash), cursor.occurred.ms)) return std::nullopt;
  if (!read_whole(text.substr(dash + 1), cursor.id)) return std::nullopt;
  return cursor;
}

std::optional<std::uint64_t> parse_fingerprint(std::string_view text) {
  std::uint64_t value = 0;
  if (text.size() != 16 || !read_whole(text, value, 16)) return std::nullopt;
  return value;
}

bool read_level(const Query& query, std::optional<Level>& level) {
  const std::optional<std::string> text = query.value("level");
  if (!text) return true;
  level = parse_level(*text);
  return level.has_value();
}

std::string_view read_event_query(const Query& query, EventQuery& out) {
  if (!query.is_valid()) return "query";
  if (!read_level(query, out.filter.level)) return "level";
  if (std::string_view wrong = read_texts(query, out.filter); !wrong.empty()) return wrong;
  if (const std::optional<std::string> text = query.value("fingerprint")) {
    out.filter.fingerprint = parse_fingerprint(*text);
    if (!out.filter.fingerprint) return "fingerprint";
  }
  if (!read_time(query, "since", out.filter.since)) return "since";
  if (!read_time(query, "until", out.filter.until)) return "until";
  if (const std::optional<std::string> text = query.value("cursor")) {
    out.cursor = parse_cursor(*text);
    if (!out.cursor) return "cursor";
  }
  const std::optional<std::int64_t> limit =
      query.integer("limit", 1, static_cast<std::int64_t>(events_per_page_max), events_per_page);
  if (!limit) return "limit";
  out.limit = static_cast<std::size_t>(*limit);
  return {};
}

}  // namespace mayday::origin::http
