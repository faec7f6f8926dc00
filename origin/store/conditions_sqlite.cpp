#include "origin/store/conditions_sqlite.h"

#include <utility>

namespace mayday::origin::sqlite {

void Conditions::add(std::string_view condition, std::vector<Value> values) {
  where_ += where_.empty() ? " WHERE " : " AND ";
  where_ += condition;
  for (Value& value : values) values_.push_back(std::move(value));
}

void Conditions::add_equal(std::string_view column, const std::optional<std::string>& value) {
  if (value) add(std::string(column) + " = ?", {*value});
}

int Conditions::bind(Statement& statement) const {
  int index = 1;
  for (const Value& value : values_) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.bind(index++, *integer);
    } else {
      statement.bind(index++, std::string_view(std::get<std::string>(value)));
    }
  }
  return index;
}

}  // namespace mayday::origin::sqlite
