#include "origin/store/query_clickhouse.h"

#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>
#include <utility>

#include "origin/store/day.h"
#include "origin/store/error_ranking.h"
#include "origin/store/like.h"

namespace mayday::origin::clickhouse {
namespace {

using Row = nlohmann::json;

/// The order of events of one millisecond, and so their place in a list.
constexpr const char* id_sql = "toInt64(bitShiftRight(sipHash64(event_id), 1))";

constexpr int choices_max = 200;

std::string text(const Row& row, std::size_t column) { return row.at(column).get<std::string>(); }
std::int64_t integer(const Row& row, std::size_t column) { return row.at(column).get<std::int64_t>(); }
std::uint64_t count(const Row& row, std::size_t column) { return row.at(column).get<std::uint64_t>(); }
ErrorKind kind(const Row& row, std::size_t column) {
  return static_cast<ErrorKind>(count(row, column) % error_kinds_count);
}

/// ` AND column = 'value'`, where there is a value.
void add_equal(std::string& sql, std::string_view column, const std::optional<std::string>& value) {
  if (value) sql.append(" AND ").append(column).append(" = ").append(quote(std::string_view(*value)));
}

void add_dimensions(std::string& sql, const RollupFilter& filter) {
  add_equal(sql, "service", filter.service);
  add_equal(sql, "environment", filter.environment);
  add_equal(sql, "release", filter.release);
}

std::string where_of(const EventFilter& filter, std::optional<EventCursor> cursor) {
  std::string sql = " WHERE 1";
  add_equal(sql, "request_id", filter.request_id);
  add_equal(sql, "trace_id", filter.trace_id);
  add_equal(sql, "session_id", filter.session_id);
  add_equal(sql, "user_id", filter.user_id);
  if (filter.fingerprint) sql += " AND fingerprint = " + std::to_string(*filter.fingerprint);
  if (filter.since) sql += " AND occurred >= " + quote(*filter.since);
  if (filter.until) sql += " AND occurred < " + quote(*filter.until);
  if (cursor) {
    const std::string at = quote(cursor->occurred);
    sql += " AND (occurred < " + at + " OR (occurred = " + at + " AND " + id_sql + " < " + std::to_string(cursor->id) +
           "))";
  }
  if (filter.severity_min > Severity::none) {
    sql += " AND severity >= " + std::to_string(static_cast<int>(filter.severity_min));
  }
  if (filter.level) sql += " AND level = " + std::to_string(static_cast<int>(*filter.level));
  add_equal(sql, "service", filter.service);
  add_equal(sql, "environment", filter.environment);
  add_equal(sql, "release", filter.release);
  if (!filter.search) return sql;
  const std::string pattern = quote(std::string_view(like_anywhere(*filter.search)));
  const char* separator = " AND (";
  for (const char* column : {"message", "error_type", "error_message", "component", "route"}) {
    sql.append(std::exchange(separator, " OR ")).append("toString(").append(column).append(") ILIKE ").append(pattern);
  }
  return sql += ")";
}

/// `column` in the range, in whole five minutes.
std::string in_spans(std::string_view column, Timestamp since, Timestamp until) {
  return std::string(column) + " >= " + quote(Timestamp{span_of(since) * minute_ms}) + " AND " + std::string(column) +
         " < " + quote(Timestamp{span_from(until) * minute_ms});
}

struct Face {
  std::string message, error_type;
  ErrorKind kind = ErrorKind::unknown;
  std::string page, action;
  Timestamp first_seen, last_seen;
  std::uint64_t errors = 0;
};
using Faces = std::unordered_map<std::uint64_t, Face>;

Result<Faces> find_faces(Client& client, const std::vector<std::uint64_t>& fingerprints) {
  Faces faces;
  if (fingerprints.empty()) return faces;
  std::string list;
  for (const std::uint64_t fingerprint : fingerprints) list += (list.empty() ? "" : ",") + std::to_string(fingerprint);
  const auto rows = client.ask(
      "SELECT fingerprint, tupleElement(argMinMerge(face) AS f, 1), tupleElement(f, 2), tupleElement(f, 3),"
      " tupleElement(f, 4), tupleElement(f, 5), toUnixTimestamp64Milli(min(first_seen)),"
      " toUnixTimestamp64Milli(max(last_seen)), sum(errors) FROM origin_faces WHERE fingerprint IN (" +
      list + ") GROUP BY fingerprint");
  if (!rows) return rows.error();
  for (const Row& row : *rows) {
    faces.emplace(count(row, 0), Face{.message = text(row, 1),
                                      .error_type = text(row, 2),
                                      .kind = kind(row, 3),
                                      .page = text(row, 4),
                                      .action = text(row, 5),
                                      .first_seen = {integer(row, 6)},
                                      .last_seen = {integer(row, 7)},
                                      .errors = count(row, 8)});
  }
  return faces;
}

void fill_face(ErrorPattern& pattern, const Face& face) {
  pattern.kind = face.kind;
  pattern.message = face.message;
  pattern.page = face.page;
  pattern.action = face.action;
  pattern.first_seen = face.first_seen;
}

Result<void> count_users(Client& client, const std::vector<std::uint64_t>& fingerprints, const std::string& range,
                         std::unordered_map<std::uint64_t, std::uint64_t>& users) {
  if (fingerprints.empty()) return {};
  std::string list;
  for (const std::uint64_t fingerprint : fingerprints) list += (list.empty() ? "" : ",") + std::to_string(fingerprint);
  const auto rows = client.ask(
      "SELECT fingerprint, uniqExact(user_id) FROM origin_events WHERE severity > 0 AND"
      " user_id != '' AND fingerprint IN (" +
      list + ")" + range + " GROUP BY fingerprint");
  if (!rows) return rows.error();
  for (const Row& row : *rows) users[count(row, 0)] = count(row, 1);
  return {};
}

Result<void> read_minutes(Client& client, const RollupFilter& filter, Rollup& rollup) {
  const std::string range = "minute >= toDateTime(" + std::to_string(filter.since.ms / minute_ms * 60) +
                            ", 'UTC') AND minute < toDateTime(" +
                            std::to_string((filter.until.ms + minute_ms - 1) / minute_ms * 60) + ", 'UTC')";
  std::string sql = "SELECT toUnixTimestamp(minute), level, sum(occurrences) FROM origin_minutes WHERE " + range;
  if (filter.level) sql += " AND level = " + std::to_string(static_cast<int>(*filter.level));
  add_dimensions(sql, filter);
  const auto rows = client.ask(sql + " GROUP BY minute, level ORDER BY minute, level");
  if (!rows) return rows.error();
  for (const Row& row : *rows) {
    const Timestamp minute{integer(row, 0) * 1'000};
    if (rollup.minutes.empty() || rollup.minutes.back().minute != minute) rollup.minutes.push_back({.minute = minute});
    rollup.minutes.back().by_level[integer(row, 1) & 3] = count(row, 2);
  }
  const auto choices = client.ask(
      "SELECT DISTINCT toString(service), toString(environment), toString(release) FROM"
      " origin_minutes WHERE " +
      range + " LIMIT " + std::to_string(choices_max));
  if (!choices) return choices.error();
  std::set<std::string> names[3];
  for (const Row& row : *choices) {
    for (std::size_t column = 0; column < 3; ++column) names[column].insert(text(row, column));
  }
  rollup.services.assign(names[0].begin(), names[0].end());
  rollup.environments.assign(names[1].begin(), names[1].end());
  rollup.releases.assign(names[2].begin(), names[2].end());
  return {};
}

}  // namespace

Result<void> check_engine(Client& client) {
  const auto rows = client.ask("SELECT 1");
  return rows ? Result<void>() : Result<void>(rows.error());
}

Result<EventPage> query_events(Client& client, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor) {
  const auto rows =
      client.ask("SELECT toUnixTimestamp64Milli(occurred), " + std::string(id_sql) + " AS id, body FROM origin_events" +
                 where_of(filter, cursor) + " ORDER BY occurred DESC, id DESC LIMIT " + std::to_string(limit + 1));
  if (!rows) return rows.error();
  EventPage page;
  for (const Row& row : *rows) {
    if (page.bodies.size() == limit) {
      const Row& last = (*rows)[limit - 1];
      page.next = EventCursor{.occurred = {integer(last, 0)}, .id = integer(last, 1)};
      break;
    }
    page.bodies.push_back(text(row, 2));
  }
  return page;
}

Result<std::optional<std::string>> find_event(Client& client, const Uuid& event_id) {
  char id[uuid_chars];
  format_uuid(event_id, id);
  const auto rows = client.ask("SELECT body FROM origin_events WHERE event_id = toUUID('" + std::string(id, sizeof id) +
                               "') LIMIT 1");
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>();
  return std::optional<std::string>(text(rows->front(), 0));
}

Result<Rollup> query_overview(Client& client, const RollupFilter& filter) {
  Rollup rollup;
  if (Result<void> read = read_minutes(client, filter, rollup); !read) return read.error();
  std::string sql =
      "SELECT fingerprint, max(level), sum(occurrences) AS n, toUnixTimestamp64Milli(max(last_seen)) AS seen FROM"
      " origin_patterns WHERE " +
      in_spans("at", filter.since, filter.until);
  sql += filter.level ? " AND level = " + std::to_string(static_cast<int>(*filter.level)) : " AND level >= 2";
  add_dimensions(sql, filter);
  const auto rows = client.ask(sql + " GROUP BY fingerprint ORDER BY n DESC, seen DESC, fingerprint LIMIT " +
                               std::to_string(filter.patterns_max));
  if (!rows) return rows.error();
  std::vector<std::uint64_t> fingerprints;
  for (const Row& row : *rows) fingerprints.push_back(count(row, 0));
  Result<Faces> faces = find_faces(client, fingerprints);
  if (!faces) return faces.error();
  for (const Row& row : *rows) {
    const Face& face = (*faces)[count(row, 0)];
    rollup.patterns.push_back({.fingerprint = count(row, 0),
                               .level = static_cast<Level>(integer(row, 1) & 3),
                               .message = face.message,
                               .error_type = face.error_type,
                               .occurrences = count(row, 2),
                               .first_seen = face.first_seen,
                               .last_seen = {integer(row, 3)}});
  }
  return rollup;
}

Result<std::vector<ErrorPattern>> query_error_patterns(Client& client, const ErrorPatternQuery& query) {
  const std::string range = " AND " + in_spans("occurred", query.since, query.until);
  const auto rows = client.ask(
      "SELECT error_kind, page, toString(action), fingerprint, sum(occurrences), toUnixTimestamp64Milli(min(occurred)),"
      " toUnixTimestamp64Milli(max(occurred)) FROM origin_events WHERE severity > 0" +
      range + " GROUP BY error_kind, page, action, fingerprint");
  if (!rows) return rows.error();
  ErrorRanking ranking;
  for (const Row& row : *rows) {
    const std::size_t situation = ranking.add_situation({kind(row, 0), text(row, 1), text(row, 2)});
    ranking.add(situation, count(row, 3),
                {.errors = count(row, 4), .first_seen = {integer(row, 5)}, .last_seen = {integer(row, 6)}});
  }
  std::vector<ErrorPattern> patterns = ranking.rank(query);
  std::vector<std::uint64_t> fingerprints;
  for (const ErrorPattern& pattern : patterns) {
    if (pattern.fingerprint) fingerprints.push_back(*pattern.fingerprint);
  }
  Result<Faces> faces = find_faces(client, fingerprints);
  if (!faces) return faces.error();
  std::unordered_map<std::uint64_t, std::uint64_t> users;
  if (Result<void> counted = count_users(client, fingerprints, range, users); !counted) return counted.error();
  for (ErrorPattern& pattern : patterns) {
    if (!pattern.fingerprint) continue;
    fill_face(pattern, (*faces)[*pattern.fingerprint]);
    pattern.affected_users = users[*pattern.fingerprint];
  }
  return patterns;
}

Result<std::optional<ErrorPattern>> query_error_pattern(Client& client, std::uint64_t fingerprint) {
  Result<Faces> faces = find_faces(client, {fingerprint});
  if (!faces) return faces.error();
  const auto found = faces->find(fingerprint);
  if (found == faces->end()) return std::optional<ErrorPattern>();
  std::unordered_map<std::uint64_t, std::uint64_t> users;
  if (Result<void> counted = count_users(client, {fingerprint}, "", users); !counted) return counted.error();
  ErrorPattern pattern;
  pattern.fingerprint = fingerprint;
  fill_face(pattern, found->second);
  pattern.occurrences = found->second.errors;
  pattern.last_seen = found->second.last_seen;
  pattern.affected_users = users[fingerprint];
  return std::optional<ErrorPattern>(std::move(pattern));
}

Result<std::vector<StrugglingUser>> query_struggling_users(Client& client, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit) {
  const auto rows = client.ask(
      "SELECT user_id, sum(occurrences) AS n, sumIf(occurrences, user_blocked), toUnixTimestamp64Milli(max(occurred)) "
      "AS"
      " seen FROM origin_events WHERE severity > 0 AND user_id != '' AND occurred >= " +
      quote(Timestamp{span_of(since) * minute_ms}) + " GROUP BY user_id HAVING n > " +
      std::to_string(errors_more_than) + " ORDER BY n DESC, seen DESC, user_id LIMIT " + std::to_string(limit));
  if (!rows) return rows.error();
  std::vector<StrugglingUser> users;
  for (const Row& row : *rows) {
    users.push_back(
        {.user_id = text(row, 0), .errors = count(row, 1), .blocked = count(row, 2), .last_seen = {integer(row, 3)}});
  }
  return users;
}

Result<std::vector<DailyErrors>> query_daily_errors(Client& client, std::string_view user_id, Timestamp since) {
  const auto rows = client.ask(
      "SELECT toUInt32(toDate(occurred)) AS day, sumIf(occurrences, severity > 0),"
      " uniqExactIf(fingerprint, severity > 0 AND fingerprint != 0), sumIf(occurrences, severity >= 3),"
      " sumIf(occurrences, severity > 0 AND user_blocked), sumIf(occurrences, recovery_attempted),"
      " sumIf(occurrences, recovery_attempted AND recovered) FROM origin_events WHERE user_id = " +
      quote(user_id) + " AND occurred >= " + quote(start_of_day(day_of(since))) +
      " AND (severity > 0 OR recovery_attempted) GROUP BY day ORDER BY day");
  if (!rows) return rows.error();
  std::vector<DailyErrors> days;
  for (const Row& row : *rows) {
    days.push_back({.day = start_of_day(integer(row, 0)),
                    .errors = count(row, 1),
                    .unique = count(row, 2),
                    .severe = count(row, 3),
                    .blocked = count(row, 4),
                    .recovery_attempts = count(row, 5),
                    .recoveries = count(row, 6)});
  }
  return days;
}

}  // namespace mayday::origin::clickhouse
