#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/uuid.h"
#include "origin/store/readers_postgres.h"
#include "origin/store/store.h"

/// The questions of the store's door, as PostgreSQL's SQL. Values are parameters, never written into the text; whole numbers
/// of our own are.
namespace mayday::origin::postgres {

/// Whether it answers.
Result<void> check_engine(Readers& readers);
Result<EventPage> query_events(Readers& readers, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor);
Result<std::optional<std::string>> find_event(Readers& readers, const Uuid& event_id);
Result<Rollup> query_overview(Readers& readers, const RollupFilter& filter);
Result<std::vector<ErrorPattern>> query_error_patterns(Readers& readers, const ErrorPatternQuery& query);
Result<std::optional<ErrorPattern>> query_error_pattern(Readers& readers, std::uint64_t fingerprint);
Result<std::vector<StrugglingUser>> query_struggling_users(Readers& readers, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit);
Result<std::vector<DailyErrors>> query_daily_errors(Readers& readers, std::string_view user_id, Timestamp since);

}  // namespace mayday::origin::postgres
