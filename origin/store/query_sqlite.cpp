#include "origin/store/query_sqlite.h"

#include <algorithm>
#include <utility>

#include "origin/store/columns_sqlite.h"
#include "origin/store/conditions_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/like.h"

namespace mayday::origin::sqlite {
namespace {

/// The index to read, named to SQLite: its planner once took another and was six times slower. The narrowest first.
std::string_view choose_index(const EventFilter& filter) {
  if (filter.request_id) return "events_by_request";
  if (filter.trace_id) return "events_by_trace";
  if (filter.session_id) return "events_by_session";
  if (filter.user_id) return "events_by_user";
  if (filter.fingerprint) return "events_by_fingerprint";
  if (filter.severity_min >= Severity::high) return "events_by_severity";
  return "events_by_time";
}

Conditions conditions_of(const EventFilter& filter, std::optional<EventCursor> cursor) {
  Conditions conditions;
  conditions.add_equal("request_id", filter.request_id);
  conditions.add_equal("trace_id", filter.trace_id);
  conditions.add_equal("session_id", filter.session_id);
  conditions.add_equal("user_id", filter.user_id);
  if (filter.fingerprint) conditions.add("fingerprint = ?", {as_integer(*filter.fingerprint)});
  if (filter.since) conditions.add("occurred_ms >= ?", {filter.since->ms});
  if (filter.until) conditions.add("occurred_ms < ?", {filter.until->ms});
  if (cursor) conditions.add("(occurred_ms, id) < (?, ?)", {cursor->occurred.ms, cursor->id});
  if (filter.severity_min >= Severity::high) conditions.add("severity >= 3", {});  // So the index says it.
  if (filter.severity_min > Severity::none) {
    conditions.add("severity >= ?", {static_cast<std::int64_t>(filter.severity_min)});
  }
  if (filter.level) conditions.add("level = ?", {static_cast<std::int64_t>(*filter.level)});
  conditions.add_equal("service", filter.service);
  conditions.add_equal("environment", filter.environment);
  conditions.add_equal("release", filter.release);
  if (filter.search) {
    const std::string pattern = like_anywhere(*filter.search);
    conditions.add(
        "(message LIKE ? ESCAPE '\\' OR error_type LIKE ? ESCAPE '\\' OR error_message LIKE ? ESCAPE '\\'"
        " OR component LIKE ? ESCAPE '\\' OR route LIKE ? ESCAPE '\\')",
        {pattern, pattern, pattern, pattern, pattern});
  }
  return conditions;
}

/// Adds what one day has to `page`, up to `limit` in all. `last` is the place of the page's last event.
Result<void> read_day(Database& database, const EventFilter& filter, std::size_t limit,
                      std::optional<EventCursor> cursor, EventPage& page, EventCursor& last) {
  const Conditions conditions = conditions_of(filter, cursor);
  std::string sql = "SELECT occurred_ms, id, body FROM events INDEXED BY ";
  sql += choose_index(filter);
  sql += conditions.where();
  sql += " ORDER BY occurred_ms DESC, id DESC LIMIT ?";
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  // One more than is wanted tells whether there is a next page.
  statement->bind(conditions.bind(*statement), static_cast<std::int64_t>(limit - page.bodies.size()) + 1);
  for (;;) {
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return {};
    if (page.bodies.size() == limit) break;
    last = {.occurred = {statement->integer(0)}, .id = statement->integer(1)};
    page.bodies.push_back(statement->text(2));
  }
  page.next = last;
  return {};
}

/// Newest first, without those where nothing of the filter can be.
std::vector<std::int64_t> days_of(const Readers& readers, const EventFilter& filter,
                                  std::optional<EventCursor> cursor) {
  std::vector<std::int64_t> days = readers.files().days();
  std::erase_if(days, [&](std::int64_t day) {
    return (filter.since && day < day_of(*filter.since)) || (filter.until && day > day_of(*filter.until)) ||
           (cursor && day > day_of(cursor->occurred));
  });
  std::reverse(days.begin(), days.end());
  return days;
}

/// The time that a version 7 UUID begins with; that of any other is noise.
Timestamp time_of(const Uuid& uuid) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | uuid.bytes[i];
  return {ms};
}

}  // namespace

Result<EventPage> query_events(Readers& readers, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor, std::int64_t deadline_ms) {
  EventPage page;
  EventCursor last;
  for (const std::int64_t day : days_of(readers, filter, cursor)) {
    Result<void> read = readers.ask(
        day, deadline_ms, [&](Database& database) { return read_day(database, filter, limit, cursor, page, last); });
    if (!read) return read.error();
    if (page.next) break;
  }
  return page;
}

Result<std::optional<std::string>> find_event(Readers& readers, const Uuid& event_id, std::int64_t deadline_ms) {
  std::vector<std::int64_t> days = readers.files().days();
  // Most ids tell their day; it is in the next one, or anywhere, else.
  const std::int64_t likely = day_of(time_of(event_id));
  std::sort(days.begin(), days.end(), [likely](std::int64_t a, std::int64_t b) {
    return std::pair(std::abs(a - likely), -a) < std::pair(std::abs(b - likely), -b);
  });
  std::optional<std::string> body;
  for (const std::int64_t day : days) {
    Result<void> read = readers.ask(day, deadline_ms, [&](Database& database) -> Result<void> {
      Result<Statement> statement = database.prepare("SELECT body FROM events WHERE event_id = ?1");
      if (!statement) return statement.error();
      statement->bind_blob(1, event_id.bytes.data(), event_id.bytes.size());
      const Result<bool> has_row = statement->step();
      if (!has_row) return has_row.error();
      if (*has_row) body = statement->text(0);
      return {};
    });
    if (!read) return read.error();
    if (body) break;
  }
  return body;
}

}  // namespace mayday::origin::sqlite
