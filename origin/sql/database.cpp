#include "origin/sql/database.h"

namespace mayday::origin::sql {

std::int64_t Row::integer(std::size_t column) const {
  const auto* value = std::get_if<std::int64_t>(&values_[column]);
  return value ? *value : 0;
}

std::string_view Row::text(std::size_t column) const {
  const auto* value = std::get_if<std::string>(&values_[column]);
  return value ? std::string_view(*value) : std::string_view{};
}

}  // namespace mayday::origin::sql
