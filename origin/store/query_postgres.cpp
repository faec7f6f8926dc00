#include "origin/store/query_postgres.h"

#include <bit>
#include <utility>

#include "origin/store/day.h"
#include "origin/store/like.h"

namespace mayday::origin::postgres {
namespace {

/// Conditions and their values: the one can't be written without the other.
class Where {
 public:
  /// Each `?` of the condition stands for the next value.
  void add(std::string_view condition, std::vector<Parameter> values) {
    text_ += text_.empty() ? " WHERE " : " AND ";
    std::size_t next = 0;
    for (const char c : condition) {
      if (c != '?') {
        text_ += c;
        continue;
      }
      parameters_.push_back(std::move(values[next++]));
      text_ += '$' + std::to_string(parameters_.size());
    }
  }

  void add_equal(std::string_view column, const std::optional<std::string>& value) {
    if (value) add(std::string(column) + " = ?", {clean_text(*value)});
  }

  const std::string& text() const { return text_; }
  std::span<const Parameter> parameters() const { return parameters_; }

 private:
  std::string text_;
  std::vector<Parameter> parameters_;
};

Where where_of(const EventFilter& filter, std::optional<EventCursor> cursor) {
  Where where;
  const auto number = [](std::int64_t value) { return Parameter(std::to_string(value)); };
  where.add_equal("request_id", filter.request_id);
  where.add_equal("trace_id", filter.trace_id);
  where.add_equal("session_id", filter.session_id);
  where.add_equal("user_id", filter.user_id);
  if (filter.fingerprint)
    where.add("fingerprint = ?::bigint", {number(std::bit_cast<std::int64_t>(*filter.fingerprint))});
  if (filter.since) where.add("occurred_ms >= ?::bigint", {number(filter.since->ms)});
  if (filter.until) where.add("occurred_ms < ?::bigint", {number(filter.until->ms)});
  if (cursor) {
    // The first half lets partitions that are newer be left out.
    where.add("occurred_ms <= ?::bigint", {number(cursor->occurred.ms)});
    where.add("(occurred_ms, id) < (?::bigint, ?::bigint)", {number(cursor->occurred.ms), number(cursor->id)});
  }
  if (filter.severity_min >= Severity::high) where.add("severity >= 3", {});  // So the index says it.
  if (filter.severity_min > Severity::none) {
    where.add("severity >= ?::smallint", {number(static_cast<int>(filter.severity_min))});
  }
  if (filter.level) where.add("level = ?::smallint", {number(static_cast<int>(*filter.level))});
  where.add_equal("service", filter.service);
  where.add_equal("environment", filter.environment);
  where.add_equal("release", filter.release);
  if (filter.search) {
    const Parameter pattern = like_anywhere(clean_text(*filter.search));
    where.add("(message ILIKE ? OR error_type ILIKE ? OR error_message ILIKE ? OR component ILIKE ? OR route ILIKE ?)",
              {pattern, pattern, pattern, pattern, pattern});
  }
  return where;
}

}  // namespace

Result<void> check_engine(Readers& readers) {
  const Result<Rows> rows = readers.run("SELECT 1");
  return rows ? Result<void>() : Result<void>(rows.error());
}

Result<EventPage> query_events(Readers& readers, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor) {
  const Where where = where_of(filter, cursor);
  // One more than asked for tells whether there is a next page.
  const std::string sql = "SELECT occurred_ms, id, body FROM events" + where.text() +
                          " ORDER BY occurred_ms DESC, id DESC LIMIT " + std::to_string(limit + 1);
  const Result<Rows> rows = readers.run(sql, where.parameters());
  if (!rows) return rows.error();
  EventPage page;
  for (int row = 0; row < rows->count() && page.bodies.size() < limit; ++row) {
    page.bodies.emplace_back(rows->text(row, 2));
  }
  const int last = static_cast<int>(page.bodies.size()) - 1;
  if (rows->count() > last + 1 && last >= 0) {
    page.next = EventCursor{.occurred = {rows->integer(last, 0)}, .id = rows->integer(last, 1)};
  }
  return page;
}

Result<std::optional<std::string>> find_event(Readers& readers, const Uuid& event_id) {
  char id[uuid_chars];
  format_uuid(event_id, id);
  const Parameter parameters[] = {std::string(id, sizeof id)};
  const Result<Rows> rows = readers.run("SELECT body FROM events WHERE event_id = $1::uuid LIMIT 1", parameters);
  if (!rows) return rows.error();
  if (rows->count() == 0) return std::optional<std::string>();
  return std::optional<std::string>(rows->text(0, 0));
}

Result<std::vector<DailyErrors>> query_daily_errors(Readers& readers, std::string_view user_id, Timestamp since) {
  const Parameter parameters[] = {clean_text(user_id), std::to_string(start_of_day(day_of(since)).ms)};
  const Result<Rows> rows = readers.run(
      "SELECT occurred_ms / 86400000 AS day, coalesce(sum(occurrences) FILTER (WHERE severity > 0), 0)::bigint,"
      " count(DISTINCT fingerprint) FILTER (WHERE severity > 0 AND fingerprint <> 0),"
      " coalesce(sum(occurrences) FILTER (WHERE severity >= 3), 0)::bigint,"
      " coalesce(sum(occurrences) FILTER (WHERE severity > 0 AND user_blocked), 0)::bigint,"
      " coalesce(sum(occurrences) FILTER (WHERE recovery_attempted), 0)::bigint,"
      " coalesce(sum(occurrences) FILTER (WHERE recovery_attempted AND recovered), 0)::bigint"
      " FROM events WHERE user_id = $1 AND occurred_ms >= $2::bigint AND (severity > 0 OR recovery_attempted)"
      " GROUP BY 1 ORDER BY 1",
      parameters);
  if (!rows) return rows.error();
  std::vector<DailyErrors> days;
  for (int row = 0; row < rows->count(); ++row) {
    const auto number = [&](int column) { return static_cast<std::uint64_t>(rows->integer(row, column)); };
    days.push_back({.day = start_of_day(rows->integer(row, 0)),
                    .errors = number(1),
                    .unique = number(2),
                    .severe = number(3),
                    .blocked = number(4),
                    .recovery_attempts = number(5),
                    .recoveries = number(6)});
  }
  return days;
}

}  // namespace mayday::origin::postgres
