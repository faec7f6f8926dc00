#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// Gathers conditions and their values, so that the one can't be written without binding the other. The texts of the
/// conditions are constants of ours; values come from outside.
class Conditions {
 public:
  using Value = std::variant<std::int64_t, std::string>;

  /// `condition` has one `?` for each value.
  void add(std::string_view condition, std::vector<Value> values);

  /// `column = ?`, where there is a value.
  void add_equal(std::string_view column, const std::optional<std::string>& value);

  /// ` WHERE a AND b`, or nothing.
  const std::string& where() const { return where_; }

  /// Binds every value in order, from the first parameter on; answers the next free index. The values are borrowed.
  int bind(Statement& statement) const;

 private:
  std::string where_;
  std::vector<Value> values_;
};

}  // namespace mayday::origin::sqlite
