#include <algorithm>
#include <unordered_map>
#include <utility>

#include "origin/store/columns_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/error_ranking.h"
#include "origin/store/faces_sqlite.h"
#include "origin/store/query_sqlite.h"
#include "origin/store/spans_sqlite.h"
#include "origin/store/user_sets_sqlite.h"

// Errors of people (SPEC section 7), from the rollups of each day.
namespace mayday::origin::sqlite {
namespace {

ErrorKind kind_of(std::int64_t number) {
  return static_cast<ErrorKind>(static_cast<std::uint64_t>(number) % error_kinds_count);
}

Result<void> read_errors(Database& database, std::int64_t day, const ErrorPatternQuery& query, ErrorRanking& ranking) {
  std::unordered_map<std::int64_t, std::size_t> situations;
  Result<void> read = read_rows(database.prepare("SELECT id, kind, page, action FROM situations"), [&](Statement& row) {
    situations.emplace(row.integer(0), ranking.add_situation({kind_of(row.integer(1)), row.text(2), row.text(3)}));
  });
  if (!read) return read;
  const Result<std::vector<SpanRun>> runs = plan_spans(database, day, query.since, query.until);
  if (!runs) return runs.error();
  return read_spans(database, *runs,
                    "SELECT situation, fingerprint, errors, at, last_seen_ms FROM error_counts"
                    " WHERE width = ?1 AND at >= ?2 AND at < ?3",
                    [&](Statement& row) {
                      const auto situation = situations.find(row.integer(0));
                      if (situation == situations.end()) return;  // Came after they were read.
                      ranking.add(situation->second, as_fingerprint(row.integer(1)),
                                  {.errors = static_cast<std::uint64_t>(row.integer(2)),
                                   .first_seen = {row.integer(3) * minute_ms},
                                   .last_seen = {row.integer(4)}});
                    });
}

/// Users by fingerprint.
using Users = std::unordered_map<std::uint64_t, UserUnion>;

Result<void> read_users(Database& database, const std::vector<std::uint64_t>& fingerprints, Users& users) {
  Result<Statement> statement = database.prepare(user_sets_sql);
  if (!statement) return statement.error();
  for (const std::uint64_t fingerprint : fingerprints) {
    Result<void> read = read_user_sets(*statement, as_integer(fingerprint), users[fingerprint]);
    if (!read) return read;
  }
  return {};
}

void fill_face(ErrorPattern& pattern, const Face& face) {
  pattern.kind = face.kind;
  pattern.message = face.message;
  pattern.page = face.page;
  pattern.action = face.action;
  pattern.first_seen = face.first_seen;
}

Result<void> read_user_id(Database& database, std::int64_t event, std::string& user_id) {
  Result<Statement> statement = database.prepare("SELECT user_id FROM events WHERE id = ?1");
  if (!statement) return statement.error();
  statement->bind(1, event);
  return read_rows(std::move(statement), [&](Statement& row) { user_id = row.text(0); });
}

/// From the user's own events, by their index: one user has few of them, and a rollup by user would cost each event.
Result<void> read_user_day(Database& database, std::string_view user_id, DailyErrors& sums) {
  Result<Statement> statement = database.prepare(
      "SELECT coalesce(sum(occurrences) FILTER (WHERE severity > 0), 0),"
      " count(DISTINCT fingerprint) FILTER (WHERE severity > 0 AND fingerprint <> 0),"
      " coalesce(sum(occurrences) FILTER (WHERE severity >= 3), 0),"
      " coalesce(sum(occurrences) FILTER (WHERE severity > 0 AND user_blocked), 0),"
      " coalesce(sum(occurrences) FILTER (WHERE recovery_attempted), 0),"
      " coalesce(sum(occurrences) FILTER (WHERE recovery_attempted AND recovered), 0)"
      " FROM events INDEXED BY events_by_user WHERE user_id = ?1");
  if (!statement) return statement.error();
  statement->bind(1, user_id);
  return read_rows(std::move(statement), [&](Statement& row) {
    std::uint64_t* const figures[] = {
        &sums.errors, &sums.unique, &sums.severe, &sums.blocked, &sums.recovery_attempts, &sums.recoveries};
    int column = 0;
    for (std::uint64_t* figure : figures) *figure = static_cast<std::uint64_t>(row.integer(column++));
  });
}

std::vector<std::int64_t> days_between(const Readers& readers, Timestamp since, Timestamp until) {
  std::vector<std::int64_t> days = readers.files().days();
  std::erase_if(days, [&](std::int64_t day) { return day < day_of(since) || start_of_day(day) >= until; });
  return days;
}

}  // namespace

Result<std::vector<ErrorPattern>> query_error_patterns(Readers& readers, const ErrorPatternQuery& query,
                                                       std::int64_t deadline_ms) {
  const std::vector<std::int64_t> days = days_between(readers, query.since, query.until);
  ErrorRanking ranking;
  for (const std::int64_t day : days) {
    Result<void> read =
        readers.ask(day, deadline_ms, [&](Database& database) { return read_errors(database, day, query, ranking); });
    if (!read) return read.error();
  }
  std::vector<ErrorPattern> patterns = ranking.rank(query);
  std::vector<std::uint64_t> fingerprints;
  for (const ErrorPattern& pattern : patterns) {
    if (pattern.fingerprint) fingerprints.push_back(*pattern.fingerprint);
  }
  Users users;
  for (const std::int64_t day : days) {
    Result<void> read =
        readers.ask(day, deadline_ms, [&](Database& database) { return read_users(database, fingerprints, users); });
    if (!read) return read.error();
  }
  Result<Faces> faces = find_faces(readers, fingerprints, deadline_ms);
  if (!faces) return faces.error();
  for (ErrorPattern& pattern : patterns) {
    if (!pattern.fingerprint) continue;
    fill_face(pattern, (*faces)[*pattern.fingerprint]);
    pattern.affected_users = users[*pattern.fingerprint].count();
  }
  return patterns;
}

Result<std::optional<ErrorPattern>> query_error_pattern(Readers& readers, std::uint64_t fingerprint,
                                                        std::int64_t deadline_ms) {
  const std::vector<std::uint64_t> fingerprints = {fingerprint};
  ErrorPattern pattern;
  Users users;
  for (const std::int64_t day : readers.files().days()) {
    Result<void> read = readers.ask(day, deadline_ms, [&](Database& database) -> Result<void> {
      Result<Statement> statement =
          database.prepare("SELECT errors, last_seen_ms FROM patterns WHERE fingerprint = ?1");
      if (!statement) return statement.error();
      statement->bind(1, as_integer(fingerprint));
      Result<void> found = read_rows(std::move(statement), [&](Statement& row) {
        pattern.fingerprint = fingerprint;
        pattern.occurrences += static_cast<std::uint64_t>(row.integer(0));
        pattern.last_seen = std::max(pattern.last_seen, Timestamp{row.integer(1)});
      });
      if (!found) return found;
      return read_users(database, fingerprints, users);
    });
    if (!read) return read.error();
  }
  if (!pattern.fingerprint) return std::optional<ErrorPattern>();
  Result<Faces> faces = find_faces(readers, fingerprints, deadline_ms);
  if (!faces) return faces.error();
  fill_face(pattern, (*faces)[fingerprint]);
  pattern.affected_users = users[fingerprint].count();
  return std::optional<ErrorPattern>(std::move(pattern));
}

Result<std::vector<StrugglingUser>> query_struggling_users(Readers& readers, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit,
                                                           std::int64_t deadline_ms) {
  struct Count {
    std::uint64_t errors = 0;
    std::uint64_t blocked = 0;
    std::int64_t last_at = 0;
    std::int64_t event = 0;  ///< Of the day of `last_at`.
  };
  std::unordered_map<std::int64_t, Count> counts;
  std::vector<std::int64_t> days = readers.files().days();
  std::erase_if(days, [&](std::int64_t day) { return day < day_of(since); });
  for (const std::int64_t day : days) {
    Result<void> read = readers.ask(day, deadline_ms, [&](Database& database) -> Result<void> {
      Result<Statement> statement =
          database.prepare("SELECT user, errors, blocked, at, event FROM user_spans WHERE at >= ?1");
      if (!statement) return statement.error();
      statement->bind(1, span_of(since));
      return read_rows(std::move(statement), [&](Statement& row) {
        Count& count = counts[row.integer(0)];
        count.errors += static_cast<std::uint64_t>(row.integer(1));
        count.blocked += static_cast<std::uint64_t>(row.integer(2));
        count.last_at = row.integer(3);  // They come in order of time.
        count.event = row.integer(4);
      });
    });
    if (!read) return read.error();
  }
  std::vector<Count> most;
  for (const auto& [_, count] : counts) {
    if (count.errors > errors_more_than) most.push_back(count);
  }
  std::sort(most.begin(), most.end(), [](const Count& a, const Count& b) {
    return std::tuple(b.errors, b.last_at, b.event) < std::tuple(a.errors, a.last_at, a.event);
  });
  if (most.size() > limit) most.resize(limit);
  std::vector<StrugglingUser> users;
  for (const Count& count : most) {
    const Timestamp last_seen{count.last_at * minute_ms};
    users.push_back({.user_id = {}, .errors = count.errors, .blocked = count.blocked, .last_seen = last_seen});
    Result<void> named = readers.ask(day_of(last_seen), deadline_ms, [&](Database& database) {
      return read_user_id(database, count.event, users.back().user_id);
    });
    if (!named) return named.error();
  }
  return users;
}

Result<std::vector<DailyErrors>> query_daily_errors(Readers& readers, std::string_view user_id, Timestamp since,
                                                    std::int64_t deadline_ms) {
  std::vector<DailyErrors> list;
  for (const std::int64_t day : readers.files().days()) {
    if (day < day_of(since)) continue;
    DailyErrors sums{.day = start_of_day(day)};
    Result<void> read =
        readers.ask(day, deadline_ms, [&](Database& database) { return read_user_day(database, user_id, sums); });
    if (!read) return read.error();
    if (sums.errors > 0 || sums.recovery_attempts > 0) list.push_back(sums);
  }
  return list;
}

}  // namespace mayday::origin::sqlite
