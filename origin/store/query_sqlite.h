#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/uuid.h"
#include "origin/store/readers_sqlite.h"
#include "origin/store/store.h"

/// The questions of the store's door, over the files of all days. Values are bound, never written into the text. All of them
/// end with an error at `deadline_ms`.
namespace mayday::origin::sqlite {

Result<EventPage> query_events(Readers& readers, const EventFilter& filter, std::size_t limit,
                               std::optional<EventCursor> cursor, std::int64_t deadline_ms);

Result<std::optional<std::string>> find_event(Readers& readers, const Uuid& event_id, std::int64_t deadline_ms);

Result<Rollup> query_overview(Readers& readers, const RollupFilter& filter, std::int64_t deadline_ms);

Result<std::vector<ErrorPattern>> query_error_patterns(Readers& readers, const ErrorPatternQuery& query,
                                                       std::int64_t deadline_ms);

Result<std::optional<ErrorPattern>> query_error_pattern(Readers& readers, std::uint64_t fingerprint,
                                                        std::int64_t deadline_ms);

Result<std::vector<StrugglingUser>> query_struggling_users(Readers& readers, Timestamp since,
                                                           std::uint64_t errors_more_than, std::size_t limit,
                                                           std::int64_t deadline_ms);

Result<std::vector<DailyErrors>> query_daily_errors(Readers& readers, std::string_view user_id, Timestamp since,
                                                    std::int64_t deadline_ms);

}  // namespace mayday::origin::sqlite
