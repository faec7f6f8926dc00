#pragma once

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "origin/sql/postgres_connection.h"
#include "origin/store/names_postgres.h"
#include "origin/store/tally.h"

namespace mayday::origin::postgres {

/// Day, width and start (in minutes) of the wider spans that there are.
using Rolled = std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>>;

/// What adds the tally to the rollups but those by user, within a transaction. Asks the connection where a name has not been found before.
Result<std::vector<Statement>> rollup_statements(Connection& connection, Names& names, const Tally& tally,
                                                 const Rolled& rolled);

}  // namespace mayday::origin::postgres
