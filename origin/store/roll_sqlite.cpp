#include "origin/store/roll_sqlite.h"

#include <set>
#include <string>
#include <utility>

#include "origin/store/day.h"

namespace mayday::origin::sqlite {
namespace {

using Spans = std::set<std::pair<std::int64_t, std::int64_t>>;  ///< Width and start, in minutes.

Result<Spans> read_rolled(Database& database) {
  Result<Statement> rows = database.prepare("SELECT width, at FROM rolled");
  if (!rows) return rows.error();
  Spans spans;
  for (;;) {
    const Result<bool> has_row = rows->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return spans;
    spans.emplace(rows->integer(0), rows->integer(1));
  }
}

constexpr const char* statements[] = {
    "INSERT INTO pattern_counts SELECT ?1, ?2, fingerprint, level, dimension, sum(occurrences), max(last_seen_ms)"
    " FROM pattern_counts WHERE width = ?3 AND at >= ?2 AND at < ?2 + ?1 GROUP BY fingerprint, level, dimension",
    "INSERT INTO error_counts SELECT ?1, ?2, situation, fingerprint, sum(errors), max(last_seen_ms)"
    " FROM error_counts WHERE width = ?3 AND at >= ?2 AND at < ?2 + ?1 GROUP BY situation, fingerprint",
    "INSERT INTO rolled (width, at) VALUES (?1, ?2)"};

/// In a transaction that has the write lock. Nothing, where another process was quicker.
Result<void> make_span(Database& database, std::int64_t width, std::int64_t at, std::int64_t from_width) {
  const Result<Spans> rolled = read_rolled(database);
  if (!rolled) return rolled.error();
  if (rolled->contains({width, at})) return {};
  for (const char* sql : statements) {
    Result<Statement> statement = database.prepare(sql);
    if (!statement) return statement.error();
    statement->bind(1, width);
    statement->bind(2, at);
    statement->bind(3, from_width);
    if (Result<void> run = statement->run(); !run) return run;
  }
  return {};
}

Result<void> roll_span(Database& database, std::int64_t width, std::int64_t at, std::int64_t from_width) {
  if (Result<void> begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> made = make_span(database, width, at, from_width);
  if (made) made = database.execute("COMMIT");
  if (!made) database.try_execute("ROLLBACK");
  return made;
}

}  // namespace

Result<std::size_t> roll_up(Database& database, std::int64_t day, Timestamp settled, std::size_t spans_max) {
  const Result<Spans> rolled = read_rolled(database);
  if (!rolled) return rolled.error();
  std::size_t made = 0;
  std::int64_t from_width = span_minutes;
  const std::int64_t day_start = start_of_day(day).ms / minute_ms;
  const std::int64_t day_end = day_start + day_ms / minute_ms;
  for (const std::int64_t width : wider_minutes) {
    for (std::int64_t at = day_start; at < day_end; at += width) {
      if ((at + width) * minute_ms > settled.ms) break;
      if (rolled->contains({width, at})) continue;
      if (made == spans_max) return made;
      if (Result<void> rolled_up = roll_span(database, width, at, from_width); !rolled_up) return rolled_up.error();
      ++made;
    }
    from_width = width;
  }
  return made;
}

}  // namespace mayday::origin::sqlite
