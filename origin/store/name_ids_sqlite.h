#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mayday/base/result.h"
#include "origin/store/sqlite.h"

namespace mayday::origin::sqlite {

/// The ids of what has a few texts for a name: made where they are missing, and remembered. Within a transaction.
class NameIds {
 public:
  /// `columns` with commas between, `parameters` alike; the first may be a number, spelled in text.
  static Result<NameIds> prepare(Database& database, std::string_view table, std::string_view columns,
                                 std::string_view parameters);

  Result<std::int64_t> find(std::initializer_list<std::string_view> name);

  /// After a rollback, what was remembered may not be there.
  void forget() { known_.clear(); }

 private:
  Statement insert_, select_;
  std::unordered_map<std::string, std::int64_t> known_;
};

}  // namespace mayday::origin::sqlite
