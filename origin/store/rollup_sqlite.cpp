#include <algorithm>
#include <utility>

#include "origin/store/columns_sqlite.h"
#include "origin/store/conditions_sqlite.h"
#include "origin/store/query_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

/// A list of choices longer than this is no choice.
constexpr int choices_max = 200;

void add_dimensions(Conditions& conditions, const RollupFilter& filter) {
  conditions.add_equal("service", filter.service);
  conditions.add_equal("environment", filter.environment);
  conditions.add_equal("release", filter.release);
}

Result<void> read_minutes(Database& database, const RollupFilter& filter, Rollup& rollup) {
  Conditions conditions;
  conditions.add("minute >= ? AND minute < ?",
                 {filter.since.ms / minute_ms, (filter.until.ms + minute_ms - 1) / minute_ms});
  if (filter.level) conditions.add("level = ?", {static_cast<std::int64_t>(*filter.level)});
  add_dimensions(conditions, filter);
  Result<Statement> statement = database.prepare("SELECT minute, level, sum(occurrences) FROM event_minutes" +
                                                 conditions.where() + " GROUP BY minute, level ORDER BY minute, level");
  if (!statement) return statement.error();
  conditions.bind(*statement);
  for (;;) {
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return {};
    const Timestamp minute{statement->integer(0) * minute_ms};
    if (rollup.minutes.empty() || rollup.minutes.back().minute != minute) rollup.minutes.push_back({.minute = minute});
    rollup.minutes.back().by_level[statement->integer(1) & 3] = static_cast<std::uint64_t>(statement->integer(2));
  }
}

Result<void> read_patterns(Database& database, const RollupFilter& filter, Rollup& rollup) {
  Conditions conditions;
  conditions.add("span >= ? AND span < ?", {filter.since.ms / span_ms, (filter.until.ms + span_ms - 1) / span_ms});
  if (filter.level) {
    conditions.add("level = ?", {static_cast<std::int64_t>(*filter.level)});
  } else {
    conditions.add("level >= ?", {static_cast<std::int64_t>(Level::warn)});
  }
  add_dimensions(conditions, filter);
  Result<Statement> statement = database.prepare(
      "SELECT top.fingerprint, top.level, p.message, p.error_type, top.occurrences, p.first_seen_ms, top.last_seen_ms"
      " FROM (SELECT fingerprint, max(level) AS level, sum(occurrences) AS occurrences, max(last_seen_ms) AS "
      "last_seen_ms"
      " FROM pattern_spans" +
      conditions.where() +
      " GROUP BY fingerprint ORDER BY occurrences DESC, last_seen_ms DESC LIMIT ?) AS top"
      " JOIN patterns AS p ON p.fingerprint = top.fingerprint ORDER BY top.occurrences DESC, top.last_seen_ms DESC");
  if (!statement) return statement.error();
  statement->bind(conditions.bind(*statement), static_cast<std::int64_t>(filter.patterns_max));
  for (;;) {
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return {};
    rollup.patterns.push_back({.fingerprint = as_fingerprint(statement->integer(0)),
                               .level = static_cast<Level>(statement->integer(1) & 3),
                               .message = statement->text(2),
                               .error_type = statement->text(3),
                               .occurrences = static_cast<std::uint64_t>(statement->integer(4)),
                               .first_seen = {statement->integer(5)},
                               .last_seen = {statement->integer(6)}});
  }
}

Result<void> read_choices(Database& database, const RollupFilter& filter, std::string_view column,
                          std::vector<std::string>& choices) {
  std::string sql = "SELECT DISTINCT ";
  sql += column;
  sql += " FROM event_minutes WHERE minute >= ?1 AND minute < ?2 ORDER BY 1 LIMIT ?3";
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  statement->bind(1, filter.since.ms / minute_ms);
  statement->bind(2, (filter.until.ms + minute_ms - 1) / minute_ms);
  statement->bind(3, choices_max);
  for (;;) {
    const Result<bool> has_row = statement->step();
    if (!has_row) return has_row.error();
    if (!*has_row) return {};
    choices.push_back(statement->text(0));
  }
}

}  // namespace

Result<Rollup> query_rollup(Database& database, const RollupFilter& filter) {
  Rollup rollup;
  if (Result<void> read = read_minutes(database, filter, rollup); !read) return read.error();
  if (Result<void> read = read_patterns(database, filter, rollup); !read) return read.error();
  const std::pair<std::string_view, std::vector<std::string>*> columns[] = {
      {"service", &rollup.services}, {"environment", &rollup.environments}, {"release", &rollup.releases}};
  for (const auto& [column, choices] : columns) {
    if (Result<void> read = read_choices(database, filter, column, *choices); !read) return read.error();
  }
  return rollup;
}

}  // namespace mayday::origin::sqlite
