#include <bit>
#include <map>
#include <unordered_map>
#include <utility>

#include "origin/store/day.h"
#include "origin/store/error_ranking.h"
#include "origin/store/query_postgres.h"
#include "origin/store/span_plan.h"
#include "origin/store/user_counts_postgres.h"
#include "origin/store/user_sets_postgres.h"

// Overviews and people's errors, from the rollups.
namespace mayday::origin::postgres {
namespace {

/// A list of choices longer than this is no choice.
constexpr int choices_max = 200;

std::uint64_t as_fingerprint(std::int64_t number) { return std::bit_cast<std::uint64_t>(number); }
std::string fingerprint_text(std::uint64_t fingerprint) {
  return std::to_string(std::bit_cast<std::int64_t>(fingerprint));
}

std::string days_text(Timestamp since, Timestamp until) {
  return "day BETWEEN " + std::to_string(day_of(since)) + " AND " + std::to_string(day_of({until.ms - 1}));
}

/// The rows of `table` that count `since` to `until`: a SELECT of `columns` for each run of spans.
Result<std::string> select_spans(Readers& readers, std::string_view table, std::string_view columns, Timestamp since,
                                 Timestamp until) {
  const Result<Rows> rows = readers.run("SELECT width, at FROM rolled WHERE " + days_text(since, until));
  if (!rows) return rows.error();
  RolledSpans rolled;
  for (int row = 0; row < rows->count(); ++row) rolled.emplace(rows->integer(row, 0), rows->integer(row, 1));
  std::string sql;
  for (std::int64_t day = day_of(since); start_of_day(day) < until; ++day) {
    for (const SpanRun& run : plan_spans(rolled, day, since, until)) {
      sql += (sql.empty() ? "SELECT " : " UNION ALL SELECT ") + std::string(columns) + " FROM " + std::string(table) +
             " WHERE day = " + std::to_string(day) + " AND width = " + std::to_string(run.width) +
             " AND at >= " + std::to_string(run.from) + " AND at < " + std::to_string(run.until);
    }
  }
  // An empty range has no rows.
  if (sql.empty()) sql = "SELECT " + std::string(columns) + " FROM " + std::string(table) + " WHERE false";
  return sql;
}

/// ` AND dimension IN (...)` for what the filter asks for; `values` gets its texts.
std::string dimensions_condition(const RollupFilter& filter, std::vector<Parameter>& values) {
  std::string sql;
  const std::pair<const char*, const std::optional<std::string>*> names[] = {
      {"service", &filter.service}, {"environment", &filter.environment}, {"release", &filter.release}};
  for (const auto& [column, value] : names) {
    if (!*value) continue;
    values.emplace_back(clean_text(**value));
    sql += (sql.empty() ? " WHERE " : " AND ") + std::string(column) + " = $" + std::to_string(values.size());
  }
  return sql.empty() ? sql : " AND dimension IN (SELECT id FROM dimensions" + sql + ")";
}

std::string minutes_range(const RollupFilter& filter) {
  return days_text(filter.since, filter.until) + " AND minute >= " + std::to_string(filter.since.ms / minute_ms) +
         " AND minute < " + std::to_string((filter.until.ms + minute_ms - 1) / minute_ms);
}

Result<void> read_minutes(Readers& readers, const RollupFilter& filter, Rollup& rollup) {
  std::vector<Parameter> values;
  std::string sql = "SELECT minute, level, sum(occurrences)::bigint FROM event_minutes WHERE " + minutes_range(filter) +
                    dimensions_condition(filter, values);
  if (filter.level) sql += " AND level = " + std::to_string(static_cast<int>(*filter.level));
  const Result<Rows> rows = readers.run(sql + " GROUP BY minute, level ORDER BY minute, level", values);
  if (!rows) return rows.error();
  for (int row = 0; row < rows->count(); ++row) {
    const Timestamp minute{rows->integer(row, 0) * minute_ms};
    if (rollup.minutes.empty() || rollup.minutes.back().minute != minute) rollup.minutes.push_back({.minute = minute});
    rollup.minutes.back().by_level[rows->integer(row, 1) & 3] = static_cast<std::uint64_t>(rows->integer(row, 2));
  }
  return {};
}

Result<void> read_patterns(Readers& readers, const RollupFilter& filter, Rollup& rollup) {
  const Result<std::string> spans =
      select_spans(readers, "pattern_counts", "fingerprint, level, dimension, occurrences, last_seen_ms", filter.since,
                   filter.until);
  if (!spans) return spans.error();
  std::vector<Parameter> values;
  const std::string level = filter.level ? " = " + std::to_string(static_cast<int>(*filter.level)) : " >= 2";
  const std::string sql =
      "WITH top AS (SELECT fingerprint, max(level) AS level, sum(occurrences)::bigint AS occurrences,"
      " max(last_seen_ms) AS last_seen_ms FROM (" +
      *spans + ") AS counts WHERE level" + level + dimensions_condition(filter, values) +
      " GROUP BY fingerprint ORDER BY occurrences DESC, last_seen_ms DESC, fingerprint LIMIT " +
      std::to_string(filter.patterns_max) +
      ") SELECT top.fingerprint, top.level, p.message, p.error_type, top.occurrences, p.first_seen_ms, top.last_seen_ms"
      " FROM top CROSS JOIN LATERAL (SELECT * FROM patterns WHERE patterns.fingerprint = top.fingerprint"
      " ORDER BY day LIMIT 1) AS p ORDER BY top.occurrences DESC, top.last_seen_ms DESC, top.fingerprint";
  const Result<Rows> rows = readers.run(sql, values);
  if (!rows) return rows.error();
  for (int row = 0; row < rows->count(); ++row) {
    rollup.patterns.push_back({.fingerprint = as_fingerprint(rows->integer(row, 0)),
                               .level = static_cast<Level>(rows->integer(row, 1) & 3),
                               .message = std::string(rows->text(row, 2)),
                               .error_type = std::string(rows->text(row, 3)),
                               .occurrences = static_cast<std::uint64_t>(rows->integer(row, 4)),
                               .first_seen = {rows->integer(row, 5)},
                               .last_seen = {rows->integer(row, 6)}});
  }
  return {};
}

Result<void> read_choices(Readers& readers, const RollupFilter& filter, Rollup& rollup) {
  const Result<Rows> rows = readers.run(
      "SELECT service, environment, release FROM dimensions WHERE id IN (SELECT DISTINCT dimension FROM event_minutes"
      " WHERE " +
      minutes_range(filter) + ") ORDER BY id DESC LIMIT " + std::to_string(choices_max));
  if (!rows) return rows.error();
  std::set<std::string> names[3];
  for (int row = 0; row < rows->count(); ++row) {
    for (int column = 0; column < 3; ++column) names[column].emplace(rows->text(row, column));
  }
  rollup.services.assign(names[0].begin(), names[0].end());
  rollup.environments.assign(names[1].begin(), names[1].end());
  rollup.releases.assign(names[2].begin(), names[2].end());
  return {};
}

/// As an array of PostgreSQL's; a pattern without a fingerprint is not in it.
std::string fingerprints_of(const std::vector<ErrorPattern>& patterns) {
  std::string list = "{";
  for (const ErrorPattern& pattern : patterns) {
    if (pattern.fingerprint) list += (list.size() > 1 ? "," : "") + fingerprint_text(*pattern.fingerprint);
  }
  return list += '}';
}

/// What fingerprints look like. One row each.
Result<Rows> find_faces(Readers& readers, const std::vector<ErrorPattern>& patterns) {
  const Parameter parameters[] = {fingerprints_of(patterns)};
  return readers.run(
      "SELECT f.fingerprint, p.message, p.error_kind, p.page, p.action, p.first_seen_ms"
      " FROM unnest($1::bigint[]) AS f(fingerprint) CROSS JOIN LATERAL (SELECT * FROM patterns"
      " WHERE patterns.fingerprint = f.fingerprint ORDER BY day LIMIT 1) AS p",
      parameters);
}

/// How many users the patterns had on the days of the range.
Result<void> count_users(Readers& readers, std::vector<ErrorPattern>& patterns, Timestamp since, Timestamp until) {
  const Parameter parameters[] = {fingerprints_of(patterns)};
  const Result<Rows> rows = readers.run_binary(
      "SELECT fingerprint, users FROM user_sets WHERE fingerprint = ANY($1::bigint[]) AND " + days_text(since, until),
      parameters);
  if (!rows) return rows.error();
  auto unions = user_unions(*rows);
  for (ErrorPattern& pattern : patterns) {
    if (!pattern.fingerprint) continue;
    pattern.affected_users = unions[std::bit_cast<std::int64_t>(*pattern.fingerprint)].count();
  }
  return {};
}

std::string text_of(const Uuid& id) {
  std::string text(uuid_chars, '\0');
  format_uuid(id, text.data());
  return text;
}

/// Whose the events are, by event_id.
Result<std::map<std::string, std::string>> find_user_ids(Readers& readers, const std::vector<UserTotals::Total>& most,
                                                         Timestamp since) {
  std::string ids = "{";
  for (const UserTotals::Total& total : most) ids += (ids.size() > 1 ? "," : "") + text_of(total.event);
  const Parameter parameters[] = {ids += '}'};
  const Result<Rows> rows =
      readers.run("SELECT event_id, user_id FROM events WHERE event_id = ANY($1::uuid[]) AND occurred_ms >= " +
                      std::to_string(start_of_day(day_of(since)).ms),
                  parameters);
  if (!rows) return rows.error();
  std::map<std::string, std::string> names;
  for (int row = 0; row < rows->count(); ++row) names.emplace(rows->text(row, 0), rows->text(row, 1));
  return names;
}

void fill_face(ErrorPattern& pattern, const Rows& rows, int row) {
  pattern.message = rows.text(row, 1);
  pattern.kind = static_cast<ErrorKind>(static_cast<std::uint64_t>(rows.integer(row, 2)) % error_kinds_count);
  pattern.page = rows.text(row, 3);
  pattern.action = rows.text(row, 4);
  pattern.first_seen = {rows.integer(row, 5)};
}

}  // namespace

Result<Rollup> query_overview(Readers& readers, const RollupFilter& filter) {
  Rollup rollup;
  if (Result<void> read = read_minutes(readers, filter, rollup); !read) return read.error();
  if (Result<void> read = read_patterns(readers, filter, rollup); !read) return read.error();
  if (Result<void> read = read_choices(readers, filter, rollup); !read) return read.error();
  return rollup;
}

Result<std::vector<ErrorPattern>> query_error_patterns(Readers& readers, const ErrorPatternQuery& query) {
  const Result<std::string> spans = select_spans(
      readers, "error_counts", "situation, fingerprint, errors, at, last_seen_ms", query.since, query.until);
  if (!spans) return spans.error();
  const Result<Rows> rows = readers.run(
      "SELECT kind, page, action, fingerprint, errors, at, last_seen_ms FROM (SELECT situation, fingerprint,"
      " sum(errors)::bigint AS errors, min(at) AS at, max(last_seen_ms) AS last_seen_ms FROM (" +
      *spans + ") AS counts GROUP BY situation, fingerprint) AS sums JOIN situations ON situations.id = situation");
  if (!rows) return rows.error();
  ErrorRanking ranking;
  for (int row = 0; row < rows->count(); ++row) {
    const auto kind = static_cast<ErrorKind>(static_cast<std::uint64_t>(rows->integer(row, 0)) % error_kinds_count);
    const std::size_t situation =
        ranking.add_situation({kind, std::string(rows->text(row, 1)), std::string(rows->text(row, 2))});
    ranking.add(situation, as_fingerprint(rows->integer(row, 3)),
                {.errors = static_cast<std::uint64_t>(rows->integer(row, 4)),
                 .first_seen = {rows->integer(row, 5) * minute_ms},
                 .last_seen = {rows->integer(row, 6)}});
  }
  std::vector<ErrorPattern> patterns = ranking.rank(query);
  const Result<Rows> faces = find_faces(readers, patterns);
  if (!faces) return faces.error();
  if (Result<void> counted = count_users(readers, patterns, query.since, query.until); !counted) return counted.error();
  std::unordered_map<std::uint64_t, int> row_of;
  for (int row = 0; row < faces->count(); ++row) row_of[as_fingerprint(faces->integer(row, 0))] = row;
  for (ErrorPattern& pattern : patterns) {
    const auto found = row_of.find(pattern.fingerprint.value_or(0));
    if (pattern.fingerprint && found != row_of.end()) fill_face(pattern, *faces, found->second);
  }
  return patterns;
}

Result<std::optional<ErrorPattern>> query_error_pattern(Readers& readers, std::uint64_t fingerprint) {
  const Parameter parameters[] = {fingerprint_text(fingerprint)};
  const Result<Rows> rows = readers.run(
      "SELECT count(*), coalesce(sum(errors), 0)::bigint, max(last_seen_ms) FROM patterns"
      " WHERE fingerprint = $1::bigint",
      parameters);
  if (!rows) return rows.error();
  if (rows->integer(0, 0) == 0) return std::optional<ErrorPattern>();
  std::vector<ErrorPattern> patterns(1);
  patterns[0].fingerprint = fingerprint;
  patterns[0].occurrences = static_cast<std::uint64_t>(rows->integer(0, 1));
  patterns[0].last_seen = {rows->integer(0, 2)};
  const Timestamp end{patterns[0].last_seen.ms + 1};
  const Result<Rows> faces = find_faces(readers, patterns);
  if (!faces) return faces.error();
  if (Result<void> counted = count_users(readers, patterns, {0}, end); !counted) return counted.error();
  if (faces->count() > 0) fill_face(patterns[0], *faces, 0);
  return std::optional<ErrorPattern>(std::move(patterns[0]));
}

Result<std::vector<StrugglingUser>> query_struggling_users(Readers& readers, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit) {
  const Result<Rows> rows =
      readers.run_binary("SELECT at, users FROM user_counts WHERE day >= " + std::to_string(day_of(since)) +
                             " AND at >= " + std::to_string(span_of(since)),
                         {});
  if (!rows) return rows.error();
  UserTotals totals;
  for (int row = 0; row < rows->count(); ++row) totals.add(rows->integer(row, 0), rows->text(row, 1));
  const std::vector<UserTotals::Total> most = totals.most(errors_more_than, limit);
  const Result<std::map<std::string, std::string>> names = find_user_ids(readers, most, since);
  if (!names) return names.error();
  std::vector<StrugglingUser> users;
  users.reserve(most.size());
  for (const UserTotals::Total& total : most) {
    const auto name = names->find(text_of(total.event));
    if (name == names->end()) continue;
    users.push_back({.user_id = name->second,
                     .errors = total.errors,
                     .blocked = total.blocked,
                     .last_seen = {total.at * minute_ms}});
  }
  return users;
}

}  // namespace mayday::origin::postgres
