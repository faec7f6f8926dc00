#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "mayday/base/result.h"
#include "origin/store/event_batch.h"
#include "origin/store/sqlite.h"
#include "origin/store/store.h"

namespace mayday::origin::sqlite {

/// Writes rows and their share of the rollups. One transaction at a time, for the writer's thread alone.
class Appender {
 public:
  static Result<Appender> prepare(Database& database);

  Result<void> begin();

  /// Adds the rows whose event_id is new. The batch must stay until `commit` or `rollback`.
  Result<Appended> append(const EventBatch& batch);

  /// Writes the rollups and commits: what was appended is on the disk when this answers.
  Result<void> commit();

  /// Forgets what was appended since `begin`.
  void rollback();

  /// The rows that were new since `begin`.
  const std::vector<const EventRow*>& added() const { return added_; }

 private:
  struct MinuteKey {
    std::int64_t minute;
    Level level;
    std::string_view service, environment, release;
    auto operator<=>(const MinuteKey&) const = default;
  };
  struct SpanKey {
    std::int64_t span;
    std::uint64_t fingerprint;
    Level level;
    std::string_view service, environment, release;
    auto operator<=>(const SpanKey&) const = default;
  };
  struct SpanCount {
    std::int64_t occurrences = 0;
    std::int64_t last_seen_ms = 0;
  };
  struct Example {
    const EventRow* row = nullptr;
    std::int64_t first_seen_ms = 0;
  };

  Result<bool> insert(const EventRow& row);
  void count(const EventRow& row);
  Result<void> write_minutes();
  Result<void> write_spans();
  Result<void> write_patterns();
  void forget();

  Database* database_ = nullptr;
  Statement begin_, commit_, insert_, minute_, span_, pattern_;
  std::vector<const EventRow*> added_;
  std::map<MinuteKey, std::int64_t> minutes_;
  std::map<SpanKey, SpanCount> spans_;
  std::map<std::uint64_t, Example> patterns_;
};

}  // namespace mayday::origin::sqlite
