#include "origin/store/user_sets_sqlite.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "origin/store/spans_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

struct Statements {
  Statement sizes, read, remove, insert;
};

Result<Statements> prepare(Database& database) {
  Statements statements;
  const std::pair<Statement*, const char*> wanted[] = {
      {&statements.sizes, "SELECT id, length(users) FROM user_sets WHERE fingerprint = ?1"},
      {&statements.read, "SELECT users FROM user_sets WHERE id = ?1"},
      {&statements.remove, "DELETE FROM user_sets WHERE id = ?1"},
      {&statements.insert, "INSERT INTO user_sets (fingerprint, users) VALUES (?1, ?2)"}};
  for (const auto& [statement, sql] : wanted) {
    Result<Statement> prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return statements;
}

void add(Statement& row, UserUnion& users) {
  row.is_integer(0) ? users.add(row.integer(0)) : users.add_set(row.blob(0));
}

Result<void> unite(Statements& statements, std::int64_t fingerprint) {
  std::vector<std::pair<std::size_t, std::int64_t>> sets;  // Size and id.
  statements.sizes.bind(1, fingerprint);
  Result<void> found = each_row(statements.sizes, [&](Statement& row) {
    sets.emplace_back(static_cast<std::size_t>(row.integer(1)), row.integer(0));
  });
  if (!found) return found;
  std::sort(sets.begin(), sets.end());
  std::vector<std::size_t> sizes;
  sizes.reserve(sets.size());
  for (const auto& [size, _] : sets) sizes.push_back(size);
  sets.resize(user_sets_to_unite(sizes));
  if (sets.empty()) return {};
  UserUnion users;
  for (const auto& [_, id] : sets) {
    statements.read.bind(1, id);
    if (Result<void> read = each_row(statements.read, [&](Statement& row) { add(row, users); }); !read) return read;
    statements.remove.bind(1, id);
    if (Result<void> removed = statements.remove.run(); !removed) return removed;
  }
  const std::string united = users.to_set();
  statements.insert.bind(1, fingerprint);
  statements.insert.bind_blob(2, united.data(), united.size());
  return statements.insert.run();
}

}  // namespace

Result<void> unite_user_sets(Database& database, std::span<const UserSetCounts::Pattern> patterns) {
  Result<Statements> statements = prepare(database);
  if (!statements) return statements.error();
  Result<void> done = database.execute("BEGIN IMMEDIATE");
  if (!done) return done;
  for (const auto& [_, fingerprint] : patterns) {
    if (done) done = unite(*statements, fingerprint);
  }
  if (done) done = database.execute("COMMIT");
  if (!done) database.try_execute("ROLLBACK");
  return done;
}

Result<void> count_user_sets(Database& database, std::int64_t day, UserSetCounts& counts) {
  return read_rows(
      database.prepare("SELECT fingerprint, count(*) FROM user_sets GROUP BY fingerprint"),
      [&](Statement& row) { counts.add({day, row.integer(0)}, static_cast<std::size_t>(row.integer(1))); });
}

Result<void> read_user_sets(Statement& statement, std::int64_t fingerprint, UserUnion& users) {
  statement.bind(1, fingerprint);
  return each_row(statement, [&](Statement& row) { add(row, users); });
}

}  // namespace mayday::origin::sqlite
