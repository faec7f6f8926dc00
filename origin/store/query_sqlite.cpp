#include "origin/store/query_sqlite.h"

#include <utility>

#include "origin/store/columns_sqlite.h"
#include "origin/store/conditions_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

/// The index to read, named to SQLite: its planner once took another and was six times slower. The narrowest first.
std::string_view choose_index(const EventFilter& filter) {
  if (filter.request_id) return "events_by_request";
  if (filter.trace_id) return "events_by_trace";
  if (filter.session_id) return "events_by_session";
  if (filter.user_id) return "events_by_user";
  if (filter.fingerprint) return "events_by_fingerprint";
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

}  // namespace

Result<EventPage> query_events(Database& database, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor) {
  const Conditions conditions = conditions_of(filter, cursor);
  std::string sql = "SELECT occurred_ms, id, body FROM events INDEXED BY ";
  sql += choose_index(filter);
  sql += conditions.where();
  sql += " ORDER BY occurred_ms DESC, id DESC LIMIT ?";
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  // One more than asked for tells whether there is a next page.
  statement->bind(conditions.bind(*statement), static_cast<std::int64_t>(limit) + 1);
  EventPage page;
  EventCursor last;
  for (;;) {
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return page;
    if (page.bodies.size() == limit) break;
    last = {.occurred = {statement->integer(0)}, .id = statement->integer(1)};
    page.bodies.push_back(statement->text(2));
  }
  page.next = last;
  return page;
}

Result<std::optional<std::string>> find_event(Database& database, const Uuid& event_id) {
  Result<Statement> statement = database.prepare("SELECT body FROM events WHERE event_id = ?1");
  if (!statement) return statement.error();
  statement->bind_blob(1, event_id.bytes.data(), event_id.bytes.size());
  const Result<bool> has_row = statement->step();
  if (!has_row) return has_row.error();
  if (!*has_row) return std::optional<std::string>();
  return std::optional<std::string>(statement->text(0));
}

}  // namespace mayday::origin::sqlite
