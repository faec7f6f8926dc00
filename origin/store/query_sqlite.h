#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "mayday/base/result.h"
#include "mayday/base/uuid.h"
#include "origin/store/sqlite.h"
#include "origin/store/store.h"

/// The questions of the store's door, as SQL. Values are bound, never written into the text.
namespace mayday::origin::sqlite {

Result<EventPage> query_events(Database& database, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor);

Result<std::optional<std::string>> find_event(Database& database, const Uuid& event_id);

Result<Rollup> query_rollup(Database& database, const RollupFilter& filter);

}  // namespace mayday::origin::sqlite
