#include "origin/store/rollups_postgres.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "origin/store/day.h"

namespace mayday::origin::postgres {
namespace {

/// As in copy_postgres.cpp: what an index takes.
constexpr std::size_t text_bytes_max = 1'000;

/// One column of rows, in the spelling of PostgreSQL's arrays. Rows go in order of their keys, as with every origin: two of
/// them never wait for each other.
class Column {
 public:
  void add(std::int64_t number) {
    separate();
    text_ += std::to_string(number);
  }

  void add(std::string_view text) {
    separate();
    text_ += '"';
    for (const char c : clean_text(text, text_bytes_max)) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }

  void add_optional(std::string_view text) {
    if (!text.empty()) return add(text);
    separate();
    text_ += "NULL";
  }

  std::string finish() { return std::move(text_ += '}'); }

 private:
  void separate() { text_ += text_.empty() ? '{' : ','; }

  std::string text_;
};

/// Whole numbers of one row.
void add(std::vector<Column>& columns, std::initializer_list<std::int64_t> numbers) {
  std::size_t at = 0;
  for (std::int64_t number : numbers) columns[at++].add(number);
}

using Statements = std::vector<Statement>;

/// Nothing to write, where there are no rows.
void write(Statements& statements, std::string_view sql, std::vector<Column>& columns, bool is_empty) {
  if (is_empty) return;
  Statement& statement = statements.emplace_back(Statement{std::string(sql)});
  for (Column& column : columns) statement.parameters.emplace_back(column.finish());
}

std::int64_t as_number(std::uint64_t bits) { return std::bit_cast<std::int64_t>(bits); }
std::int64_t day_of_minute(std::int64_t minute) { return minute * minute_ms / day_ms; }

constexpr std::string_view minutes_sql =
    "INSERT INTO event_minutes AS t (day, minute, level, dimension, occurrences)"
    " SELECT * FROM unnest($1::integer[], $2::bigint[], $3::smallint[], $4::integer[], $5::bigint[])"
    " ON CONFLICT (day, minute, level, dimension) DO UPDATE SET occurrences = t.occurrences + excluded.occurrences";

constexpr std::string_view patterns_sql =
    "INSERT INTO pattern_counts AS t (day, width, at, fingerprint, level, dimension, occurrences, last_seen_ms)"
    " SELECT * FROM unnest($1::integer[], $2::smallint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::integer[],"
    " $7::bigint[], $8::bigint[]) ON CONFLICT (day, width, at, fingerprint, level, dimension) DO UPDATE SET"
    " occurrences = t.occurrences + excluded.occurrences,"
    " last_seen_ms = greatest(t.last_seen_ms, excluded.last_seen_ms)";

constexpr std::string_view errors_sql =
    "INSERT INTO error_counts AS t (day, width, at, situation, fingerprint, errors, last_seen_ms)"
    " SELECT * FROM unnest($1::integer[], $2::smallint[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[],"
    " $7::bigint[]) ON CONFLICT (day, width, at, situation, fingerprint) DO UPDATE SET"
    " errors = t.errors + excluded.errors, last_seen_ms = greatest(t.last_seen_ms, excluded.last_seen_ms)";

constexpr std::string_view faces_sql =
    "INSERT INTO patterns AS t (day, fingerprint, message, error_type, error_kind, page, action, first_seen_ms,"
    " last_seen_ms, errors) SELECT * FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::smallint[],"
    " $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[]) ON CONFLICT (day, fingerprint) DO UPDATE SET"
    " errors = t.errors + excluded.errors, first_seen_ms = least(t.first_seen_ms, excluded.first_seen_ms),"
    " last_seen_ms = greatest(t.last_seen_ms, excluded.last_seen_ms)";

Result<void> write_minutes(Connection& connection, Names& names, const Tally& tally, Statements& statements) {
  std::vector<Column> columns(5);
  for (const auto& [key, occurrences] : tally.minutes()) {
    const Result<std::int64_t> dimension = names.find(connection, key.dimension);
    if (!dimension) return dimension.error();
    add(columns, {day_of_minute(key.minute), key.minute, static_cast<int>(key.level), *dimension, occurrences});
  }
  write(statements, minutes_sql, columns, tally.minutes().empty());
  return {};
}

/// Whether what happened at `at` counts in spans of that width: always in the narrowest, else where there is one already.
bool counts(std::int64_t at, std::int64_t width, const Rolled& rolled) {
  return width == span_minutes || rolled.contains({day_of_minute(at), width, at / width * width});
}

/// Counts by keys of one width: several spans of five minutes may be one row there, so they are added up first.
template <typename Key>
std::map<Key, Tally::Count> widen(const std::map<Key, Tally::Count>& counted, std::int64_t width,
                                  const Rolled& rolled) {
  std::map<Key, Tally::Count> sums;
  for (const auto& [key, count] : counted) {
    if (!counts(key.at, width, rolled)) continue;
    Key wider = key;
    wider.at = key.at / width * width;
    Tally::Count& sum = sums[wider];
    sum.occurrences += count.occurrences;
    sum.last_seen_ms = std::max(sum.last_seen_ms, count.last_seen_ms);
  }
  return sums;
}

Result<void> write_patterns(Connection& connection, Names& names, const Tally& tally, const Rolled& rolled,
                            std::int64_t width, Statements& statements) {
  const auto sums = widen(tally.patterns(), width, rolled);
  std::vector<Column> columns(8);
  for (const auto& [key, count] : sums) {
    const Result<std::int64_t> dimension = names.find(connection, key.dimension);
    if (!dimension) return dimension.error();
    add(columns, {day_of_minute(key.at), width, key.at, as_number(key.fingerprint), static_cast<int>(key.level),
                  *dimension, count.occurrences, count.last_seen_ms});
  }
  write(statements, patterns_sql, columns, sums.empty());
  return {};
}

Result<void> write_errors(Connection& connection, Names& names, const Tally& tally, const Rolled& rolled,
                          std::int64_t width, Statements& statements) {
  const auto sums = widen(tally.errors(), width, rolled);
  std::vector<Column> columns(7);
  for (const auto& [key, count] : sums) {
    const Result<std::int64_t> situation = names.find(connection, key.situation);
    if (!situation) return situation.error();
    add(columns, {day_of_minute(key.at), width, key.at, *situation, as_number(key.fingerprint), count.occurrences,
                  count.last_seen_ms});
  }
  write(statements, errors_sql, columns, sums.empty());
  return {};
}

void write_faces(const Tally& tally, Statements& statements) {
  std::vector<Column> columns(10);
  for (const auto& [key, face] : tally.faces()) {
    add(columns, {key.day, as_number(key.fingerprint)});
    columns[2].add(face.row->message);
    columns[3].add_optional(face.row->error_type);
    columns[4].add(static_cast<int>(face.row->error_kind));
    columns[5].add_optional(face.row->page);
    columns[6].add_optional(face.row->action);
    columns[7].add(face.first_seen_ms);
    columns[8].add(face.last_seen_ms);
    columns[9].add(face.errors);
  }
  write(statements, faces_sql, columns, tally.faces().empty());
}

}  // namespace

Result<std::vector<Statement>> rollup_statements(Connection& connection, Names& names, const Tally& tally,
                                                 const Rolled& rolled) {
  Statements statements;
  if (Result<void> done = write_minutes(connection, names, tally, statements); !done) return done.error();
  for (const std::int64_t width : {span_minutes, wider_minutes[0], wider_minutes[1], wider_minutes[2]}) {
    Result<void> done = write_patterns(connection, names, tally, rolled, width, statements);
    if (done) done = write_errors(connection, names, tally, rolled, width, statements);
    if (!done) return done.error();
  }
  write_faces(tally, statements);
  return statements;
}

}  // namespace mayday::origin::postgres
