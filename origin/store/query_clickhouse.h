#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/uuid.h"
#include "origin/store/clickhouse.h"
#include "origin/store/store.h"

/// The questions of the store's door, as ClickHouse's SQL. Texts from outside go through `quote`.
namespace mayday::origin::clickhouse {

/// Whether it answers.
Result<void> check_engine(Client& client);
Result<EventPage> query_events(Client& client, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor);
Result<std::optional<std::string>> find_event(Client& client, const Uuid& event_id);
Result<Rollup> query_overview(Client& client, const RollupFilter& filter);
Result<std::vector<ErrorPattern>> query_error_patterns(Client& client, const ErrorPatternQuery& query);
Result<std::optional<ErrorPattern>> query_error_pattern(Client& client, std::uint64_t fingerprint);
Result<std::vector<StrugglingUser>> query_struggling_users(Client& client, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit);
Result<std::vector<DailyErrors>> query_daily_errors(Client& client, std::string_view user_id, Timestamp since);

}  // namespace mayday::origin::clickhouse
