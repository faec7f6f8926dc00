#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "mayday/base/uuid.h"
#include "mayday/event/level.h"
#include "origin/store/event_batch.h"

namespace mayday::origin {

/// Which events. Every part that is set must fit; texts are compared whole but for `search`.
struct EventFilter {
  std::optional<Level> level;
  std::optional<std::string> service;
  std::optional<std::string> environment;
  std::optional<std::string> release;
  std::optional<std::string> session_id;
  std::optional<std::string> user_id;
  std::optional<std::string> trace_id;
  std::optional<std::string> request_id;
  std::optional<std::uint64_t> fingerprint;
  std::optional<std::string>
      search;  ///< Anywhere in message, error type and message, component or route; ASCII case alike.
  std::optional<Timestamp> since;  ///< Inclusive.
  std::optional<Timestamp> until;  ///< Exclusive.
};

/// A place in the list of events, newest first: what comes after it is older.
struct EventCursor {
  Timestamp occurred;
  std::int64_t id = 0;
};

struct EventPage {
  std::vector<std::string> bodies;  ///< JSON objects, newest first.
  std::optional<EventCursor> next;  ///< Nothing where the list ends here.
};

/// Occurrences of one minute by level; an event with a `count` of 7 counts 7 times.
struct MinuteCounts {
  Timestamp minute;
  std::uint64_t by_level[4] = {};  ///< Indexed by `Level`.
};

/// One fingerprint of the range.
struct PatternCount {
  std::uint64_t fingerprint = 0;
  Level level = Level::error;  ///< The gravest seen.
  std::string message;         ///< Of the first event that had it.
  std::string error_type;
  std::uint64_t occurrences = 0;
  Timestamp first_seen;  ///< Ever, not only in the range.
  Timestamp last_seen;
};

/// Which part of the rollups. Counted in whole minutes, patterns in whole five minutes.
struct RollupFilter {
  Timestamp since;
  Timestamp until;  ///< Exclusive.
  std::optional<Level> level;
  std::optional<std::string> service;
  std::optional<std::string> environment;
  std::optional<std::string> release;
  std::size_t patterns_max = 20;
};

/// What the dashboard's overview shows.
struct Rollup {
  std::vector<MinuteCounts> minutes;   ///< In order of time; minutes without events are left out.
  std::vector<PatternCount> patterns;  ///< Most occurrences first; of level error and warn unless a level is asked for.
  std::vector<std::string> services;   ///< What there is to choose from in the time range, whatever else is asked for.
  std::vector<std::string> environments;
  std::vector<std::string> releases;
};

struct Appended {
  std::uint32_t stored = 0;
  std::uint32_t known = 0;  ///< Their event_id was there already.
};

struct StoreFigures {
  std::size_t queued_batches = 0;
  std::uint64_t queued_events = 0;
  std::uint64_t stored_events = 0;  ///< Since the start.
  std::uint64_t transactions = 0;
  std::uint64_t database_bytes = 0;
  std::int64_t stalled_ms = 0;  ///< How long some have waited without a commit.
};

/// Where events stay. Every function may be called from any thread.
class Store {
 public:
  /// Called once, on the store's own thread, after the commit or its failure. Must be quick.
  using AppendDone = std::function<void(Result<Appended>)>;

  virtual ~Store() = default;

  /// Stores every row of `batch` whose event_id is new, together with its share of the rollups, in one transaction that
  /// others may share; then calls `done`. Refuses at once, and never calls `done`, with `origin_unavailable` where too much
  /// waits already and `disk_full` where the disk is nearly full. What was taken is committed even when the store is
  /// destroyed right after.
  virtual Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) = 0;

  /// At most `limit` events after `cursor`, newest first. `storage_failed` also where the search takes too long.
  virtual Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) = 0;

  /// The whole event as JSON, or nothing where it is not there.
  virtual Result<std::optional<std::string>> find(const Uuid& event_id) = 0;

  virtual Result<Rollup> minutes(const RollupFilter& filter) = 0;

  /// Whether the store can be read, and its last transaction held.
  virtual Result<void> check() = 0;

  /// `append` would refuse right now for this reason; `none` where it would not.
  virtual Code refusal() = 0;

  virtual StoreFigures figures() = 0;
};

struct StoreOptions {
  std::string path;
  std::uint64_t disk_free_bytes_min = 256 * 1024 * 1024;  ///< Less than this, and nothing more is taken.
  std::size_t queue_bytes_max = 64 * 1024 * 1024;         ///< NDJSON that waits for its commit.
  std::int64_t query_ms_max = 5'000;
  /// Told after each commit, on the writer's thread, of the rows that were new. Must be quick.
  std::function<void(std::span<const EventRow* const>)> on_committed;
};

/// Opens the SQLite store at `options.path`, whose folder must be there, and brings its tables up to date; two processes may
/// do so at once. The reason of a failure goes to the origin's own log.
Result<std::unique_ptr<Store>> open_sqlite_store(StoreOptions options);

}  // namespace mayday::origin
