#pragma once

#include <cstdint>
#include <set>
#include <tuple>

#include "origin/sql/postgres_connection.h"
#include "origin/store/names_postgres.h"
#include "origin/store/tally.h"

namespace mayday::origin::postgres {

/// Day, width and start (in minutes) of the wider spans that there are.
using Rolled = std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>>;

/// Adds what the tally holds to the rollups, within the connection's transaction. Every name must have been found before.
Result<void> write_rollups(Connection& connection, Names& names, const Tally& tally, const Rolled& rolled);

}  // namespace mayday::origin::postgres
