#include "origin/store/name_ids_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

/// Who sends ever new names must not fill the memory.
constexpr std::size_t known_max = 10'000;

void bind(Statement& statement, std::initializer_list<std::string_view> name) {
  int index = 1;
  for (std::string_view part : name) statement.bind(index++, part);
}

}  // namespace

Result<NameIds> NameIds::prepare(Database& database, std::string_view table, std::string_view columns,
                                 std::string_view parameters) {
  const std::string into = std::string(table) + " (" + std::string(columns) + ")";
  const std::string values = "(" + std::string(parameters) + ")";
  Result<Statement> insert = database.prepare("INSERT OR IGNORE INTO " + into + " VALUES " + values);
  if (!insert) return insert.error();
  Result<Statement> select =
      database.prepare("SELECT id FROM " + std::string(table) + " WHERE (" + std::string(columns) + ") = " + values);
  if (!select) return select.error();
  NameIds ids;
  ids.insert_ = std::move(*insert);
  ids.select_ = std::move(*select);
  return ids;
}

Result<std::int64_t> NameIds::find(std::initializer_list<std::string_view> name) {
  std::string key;
  for (std::string_view part : name) key.append(std::to_string(part.size())).append(":").append(part);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  bind(insert_, name);
  if (Result<void> inserted = insert_.run(); !inserted) return inserted.error();
  bind(select_, name);
  const Result<bool> has_row = select_.step();
  if (!has_row) return has_row.error();
  const std::int64_t id = *has_row ? select_.integer(0) : 0;
  select_.reset();
  if (known_.size() >= known_max) known_.clear();
  known_.emplace(std::move(key), id);
  return id;
}

}  // namespace mayday::origin::sqlite
