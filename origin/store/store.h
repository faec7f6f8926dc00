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
#include "origin/clock.h"
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
  std::optional<Timestamp> since;          ///< Inclusive.
  std::optional<Timestamp> until;          ///< Exclusive.
  Severity severity_min = Severity::none;  ///< `low`: every error of a person's; `none`: other events too.
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

/// Errors of people (SPEC section 7) that happened alike: by fingerprint, or by kind, page and action.
struct ErrorPattern {
  std::optional<std::uint64_t> fingerprint;  ///< Nothing: known by kind, page and action alone.
  ErrorKind kind = ErrorKind::unknown;
  std::string message;  ///< Of the first; empty without a fingerprint.
  std::string page;     ///< With a fingerprint: of the first that had it.
  std::string action;
  std::uint64_t occurrences = 0;     ///< In the range.
  std::uint64_t affected_users = 0;  ///< In the days of the range, by `user_id`; 0 without a fingerprint.
  Timestamp first_seen;              ///< Ever, within what is kept; without a fingerprint in the range.
  Timestamp last_seen;
};

struct ErrorPatternQuery {
  Timestamp since;  ///< Counted in whole five minutes.
  Timestamp until;  ///< Exclusive.
  std::uint64_t occurrences_min = 3;
  std::size_t patterns_max = 50;
};

/// Somebody whose errors pile up.
struct StrugglingUser {
  std::string user_id;
  std::uint64_t errors = 0;
  std::uint64_t blocked = 0;  ///< Of them, those that stopped the user.
  Timestamp last_seen;        ///< To five minutes.
};

/// One person's errors on one day (UTC).
struct DailyErrors {
  Timestamp day;
  std::uint64_t errors = 0;
  std::uint64_t unique = 0;  ///< Fingerprints among them.
  std::uint64_t severe = 0;  ///< High or critical.
  std::uint64_t blocked = 0;
  std::uint64_t recovery_attempts = 0;
  std::uint64_t recoveries = 0;
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
  /// others may share (SQLite: one for each day); then calls `done`. An event from the future, or of a day that is kept no more, stands
  /// where it was received. One that is sent again is known, if what it says of its time differs by hours at most. Refuses at once, and never calls `done`, with `origin_unavailable` where too much
  /// waits already and `disk_full` where the disk is nearly full. What was taken is committed even when the store is
  /// destroyed right after.
  virtual Result<void> append(std::shared_ptr<const EventBatch> batch, AppendDone done) = 0;

  /// Commits what was taken, and takes no more (`origin_unavailable`). Questions are answered still: those who are told of the
  /// last commits may have some. A second time it does nothing.
  virtual void close() = 0;

  /// At most `limit` events after `cursor`, newest first. `storage_failed` also where the search takes too long.
  virtual Result<EventPage> query(const EventFilter& filter, std::size_t limit, std::optional<EventCursor> cursor) = 0;

  /// The whole event as JSON, or nothing where it is not there.
  virtual Result<std::optional<std::string>> find(const Uuid& event_id) = 0;

  virtual Result<Rollup> minutes(const RollupFilter& filter) = 0;

  /// Most occurrences first; those by kind, page and action stand only for what no pattern by fingerprint above
  /// `occurrences_min` stands for already. From rollups.
  virtual Result<std::vector<ErrorPattern>> error_patterns(const ErrorPatternQuery& query) = 0;

  /// What is known of one fingerprint, over all that is kept; nothing where there is none.
  virtual Result<std::optional<ErrorPattern>> error_pattern(std::uint64_t fingerprint) = 0;

  /// Users with more than `errors_more_than` errors from `since` on, most first, at most `limit`. From rollups of five minutes.
  virtual Result<std::vector<StrugglingUser>> struggling_users(Timestamp since, std::uint64_t errors_more_than,
                                                               std::size_t limit) = 0;

  /// One user's days from `since`'s on, in order; days without anything are left out.
  virtual Result<std::vector<DailyErrors>> daily_errors(std::string_view user_id, Timestamp since) = 0;

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
  std::int64_t retention_days = 30;                 ///< Days older than this are dropped whole.
  std::uint64_t retention_bytes = 0;                ///< More than this, and the oldest days are; 0: no such bound.
  std::function<Timestamp()> now = wall_clock_now;  ///< Decides what is old, and nothing else.
  /// ClickHouse: the PostgreSQL in which origins that share one take turns; empty: there is one origin.
  std::string turns_url = {};
  /// Told after each commit, on the writer's thread, of the rows that were new. Must be quick.
  std::function<void(std::span<const EventRow* const>)> on_committed;
};

/// Opens the SQLite store, a file a day in a folder beside `options.path` (`mayday.db`: `mayday.events`), and brings its
/// tables up to date; two processes may do so at once. Events that `options.path` itself still holds, from before there was a
/// file a day, are moved there first: whoever else uses that file opens it afterwards. The reason of a failure goes to the
/// origin's own log.
Result<std::unique_ptr<Store>> open_sqlite_store(StoreOptions options);

/// Connects to `url` (`postgresql://user:password@host:port/database`) and brings the tables up to date; several origins may
/// do so at once, and share the tables from then on. `options.path` and `options.disk_free_bytes_min` mean nothing here. A
/// connection that is lost is made anew.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, StoreOptions options);

}  // namespace mayday::origin
