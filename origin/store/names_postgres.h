#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "mayday/base/result.h"
#include "origin/sql/postgres_connection.h"
#include "origin/store/tally.h"

namespace mayday::origin::postgres {

/// The ids of dimensions and situations: made where they are missing, each in a transaction of its own, so that what is
/// remembered is always there. Outside of any other transaction.
class Names {
 public:
  Result<std::int64_t> find(Connection& connection, const Tally::Dimension& dimension);
  Result<std::int64_t> find(Connection& connection, const Tally::Situation& situation);

 private:
  using Known = std::map<std::string, std::int64_t, std::less<>>;

  static Result<std::int64_t> find(Connection& connection, Known& known, std::string key, std::string_view sql,
                                   std::span<const Parameter> parameters);

  Known dimensions_, situations_;
};

}  // namespace mayday::origin::postgres
