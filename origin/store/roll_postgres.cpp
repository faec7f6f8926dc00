#include "origin/store/roll_postgres.h"

#include <set>
#include <string>
#include <tuple>

#include "origin/clock.h"
#include "origin/store/day.h"
#include "origin/store/rollups_postgres.h"

namespace mayday::origin::postgres {
namespace {

struct Span {
  std::int64_t day;
  std::int64_t width;
  std::int64_t at;
  std::int64_t from_width;
};

/// In a transaction. Whoever writes into the day holds the same lock, shared: there is nobody in the middle of it.
std::string roll_sql(const Span& span) {
  const std::string day = std::to_string(span.day), width = std::to_string(span.width), at = std::to_string(span.at);
  const std::string rows = " WHERE day = " + day + " AND width = " + std::to_string(span.from_width) +
                           " AND at >= " + at + " AND at < " + at + " + " + width +
                           " AND NOT EXISTS (SELECT 1 FROM rolled WHERE day = " + day + " AND width = " + width +
                           " AND at = " + at + ")";
  const std::string key = "SELECT " + day + ", " + width + ", " + at;
  return "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock(6239042, " + day +
         "); INSERT INTO pattern_counts " + key +
         ", fingerprint, level, dimension, sum(occurrences), max(last_seen_ms) FROM pattern_counts" + rows +
         " GROUP BY fingerprint, level, dimension; INSERT INTO error_counts " + key +
         ", situation, fingerprint, sum(errors), max(last_seen_ms) FROM error_counts" + rows +
         " GROUP BY situation, fingerprint; INSERT INTO rolled VALUES (" + day + ", " + width + ", " + at +
         ") ON CONFLICT DO NOTHING; COMMIT";
}

/// What is missing of one day, narrower spans first.
std::vector<Span> missing(std::int64_t day, Timestamp settled, const Rolled& rolled) {
  std::vector<Span> spans;
  const std::int64_t start = start_of_day(day).ms / minute_ms;
  std::int64_t from_width = span_minutes;
  for (const std::int64_t width : wider_minutes) {
    for (std::int64_t at = start; at < start + day_ms / minute_ms; at += width) {
      if ((at + width) * minute_ms > settled.ms) break;
      if (!rolled.contains({day, width, at})) spans.push_back({day, width, at, from_width});
    }
    from_width = width;
  }
  return spans;
}

}  // namespace

Result<void> roll_up(Connection& connection, Timestamp settled, std::int64_t budget_ms) {
  const std::int64_t end_ms = steady_ms() + budget_ms;
  const Result<Rows> rows = connection.run("SELECT day, width, at FROM rolled");
  if (!rows) return rows.error();
  Rolled rolled;
  for (int row = 0; row < rows->count(); ++row) {
    rolled.emplace(rows->integer(row, 0), rows->integer(row, 1), rows->integer(row, 2));
  }
  const Result<Rows> days = connection.run("SELECT day FROM mayday_days ORDER BY day DESC");
  if (!days) return days.error();
  for (int row = 0; row < days->count(); ++row) {
    for (const Span& span : missing(days->integer(row, 0), settled, rolled)) {
      if (steady_ms() >= end_ms) return {};
      if (const Result<Rows> made = connection.run(roll_sql(span)); !made) {
        (void)connection.run("ROLLBACK");
        return made.error();
      }
    }
  }
  return {};
}

}  // namespace mayday::origin::postgres
