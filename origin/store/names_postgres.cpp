#include "origin/store/names_postgres.h"

namespace mayday::origin::postgres {
namespace {

/// Who sends ever new names must not fill the memory.
constexpr std::size_t known_max = 10'000;

/// As in copy_postgres.cpp: what an index takes.
constexpr std::size_t name_bytes_max = 1'000;

/// The INSERT comes first in most cases only once: the SELECT sees what another origin has made meanwhile.
constexpr std::string_view dimension_sql =
    "WITH made AS (INSERT INTO dimensions (service, environment, release) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING RETURNING id) SELECT id FROM made UNION ALL"
    " SELECT id FROM dimensions WHERE (service, environment, release) = ($1, $2, $3) LIMIT 1";

constexpr std::string_view situation_sql =
    "WITH made AS (INSERT INTO situations (kind, page, action) VALUES ($1::smallint, $2, $3)"
    " ON CONFLICT DO NOTHING RETURNING id) SELECT id FROM made UNION ALL SELECT id FROM situations"
    " WHERE kind = $1::smallint AND md5(page) = md5($2) AND md5(action) = md5($3) LIMIT 1";

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
  std::string key;
  for (std::string_view part : {a, b, c}) key.append(std::to_string(part.size())).append(":").append(part);
  return key;
}

}  // namespace

Result<std::int64_t> Names::find(Connection& connection, Known& known, std::string key, std::string_view sql,
                                 std::span<const Parameter> parameters) {
  if (const auto found = known.find(key); found != known.end()) return found->second;
  // Twice: what another origin commits between the two halves of the statement is seen by the next one.
  for (int tries = 0; tries < 2; ++tries) {
    const Result<Rows> rows = connection.run(sql, parameters);
    if (!rows) return rows.error();
    if (rows->count() == 0) continue;
    if (known.size() >= known_max) known.clear();
    return known.emplace(std::move(key), rows->integer(0, 0)).first->second;
  }
  return Error{Code::storage_failed, try_again};
}

Result<std::int64_t> Names::find(Connection& connection, const Tally::Dimension& dimension) {
  const Parameter parameters[] = {clean_text(dimension.service, name_bytes_max),
                                  clean_text(dimension.environment, name_bytes_max),
                                  clean_text(dimension.release, name_bytes_max)};
  return find(connection, dimensions_, joined(dimension.service, dimension.environment, dimension.release),
              dimension_sql, parameters);
}

Result<std::int64_t> Names::find(Connection& connection, const Tally::Situation& situation) {
  const std::string kind = std::to_string(static_cast<int>(situation.kind));
  const Parameter parameters[] = {kind, clean_text(situation.page), clean_text(situation.action)};
  return find(connection, situations_, joined(kind, situation.page, situation.action), situation_sql, parameters);
}

}  // namespace mayday::origin::postgres
