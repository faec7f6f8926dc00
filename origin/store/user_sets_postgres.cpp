#include "origin/store/user_sets_postgres.h"

#include <utility>
#include <vector>

#include "origin/store/copy_postgres.h"

namespace mayday::origin::postgres {
namespace {

void append(std::string& list, std::int64_t number) { list += (list.empty() ? "{" : ",") + std::to_string(number); }

/// The ids, as an array, of what is to be united: rows are of `fingerprint, id, size`, by fingerprint and size.
std::string choose(const Rows& rows) {
  std::string ids;
  std::vector<std::size_t> sizes;
  for (int row = 0; row < rows.count(); ++row) {
    sizes.push_back(static_cast<std::size_t>(rows.integer(row, 2)));
    if (row + 1 < rows.count() && rows.integer(row + 1, 0) == rows.integer(row, 0)) continue;
    const int first = row + 1 - static_cast<int>(sizes.size());
    const int end = first + static_cast<int>(user_sets_to_unite(sizes));
    for (int at = first; at < end; ++at) append(ids, rows.integer(at, 1));
    sizes.clear();
  }
  return ids;
}

Result<void> unite(Connection& connection, std::int64_t day, std::string fingerprints) {
  const std::string of_patterns =
      " FROM user_sets WHERE day = " + std::to_string(day) + " AND fingerprint = ANY($1::bigint[])";
  std::vector<Parameter> parameters = {std::move(fingerprints)};
  const Result<Rows> sizes =
      connection.run("SELECT fingerprint, id, length(users)" + of_patterns + " ORDER BY 1, 3", parameters);
  if (!sizes) return sizes.error();
  std::string ids = choose(*sizes);
  if (ids.empty()) return {};
  parameters.emplace_back(ids += '}');
  const Result<Rows> taken = connection.run_binary(
      "DELETE" + of_patterns + " AND id = ANY($2::bigint[]) RETURNING fingerprint, users", parameters);
  if (!taken) return taken.error();
  CopyData united;
  for (auto& [fingerprint, users] : user_unions(*taken)) add_user_set(united, day, fingerprint, users.to_set());
  return connection.copy(user_sets_copy_sql(day), united.finish());
}

}  // namespace

Result<void> unite_user_sets(Connection& connection, std::span<const UserSetCounts::Pattern> patterns) {
  const std::int64_t day = patterns.front().first;
  std::string fingerprints;
  for (const auto& [_, fingerprint] : patterns) append(fingerprints, fingerprint);
  const Result<Rows> begun = connection.run(
      "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock(6239045, " + std::to_string(day) + ")");
  Result<void> done = begun ? unite(connection, day, fingerprints + "}") : Result<void>(begun.error());
  const Result<Rows> ended = connection.run(done ? "COMMIT" : "ROLLBACK");
  return done && !ended ? Result<void>(ended.error()) : done;
}

Result<void> count_user_sets(Connection& connection, UserSetCounts& counts) {
  const Result<Rows> rows =
      connection.run("SELECT day, fingerprint, count(*) FROM user_sets GROUP BY day, fingerprint");
  if (!rows) return rows.error();
  for (int row = 0; row < rows->count(); ++row) {
    counts.add({rows->integer(row, 0), rows->integer(row, 1)}, static_cast<std::size_t>(rows->integer(row, 2)));
  }
  return {};
}

std::unordered_map<std::int64_t, UserUnion> user_unions(const Rows& rows) {
  std::unordered_map<std::int64_t, UserUnion> unions;
  for (int row = 0; row < rows.count(); ++row) unions[rows.integer(row, 0)].add_set(rows.text(row, 1));
  return unions;
}

}  // namespace mayday::origin::postgres
