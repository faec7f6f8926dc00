#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "origin/store/append_queue.h"
#include "origin/store/batch_copy_postgres.h"
#include "origin/store/names_postgres.h"
#include "origin/store/place.h"
#include "origin/store/rollups_postgres.h"
#include "origin/store/user_sets.h"

namespace mayday::origin::postgres {

/// Looks which events are there, and writes the others into the partitions of their days by COPY, with their rollups in the same
/// transaction; where some are there, or another origin writes one meanwhile, by a staging table and ON CONFLICT. Makes partitions ahead, rolls up what is over, unites sets of users, and drops days. Several origins may do all of it at once.
class EventWriter final : public AppendQueue::Writer {
 public:
  struct Options {
    std::string url;
    std::int64_t retention_days;
    std::uint64_t retention_bytes;  ///< 0: as many as there are.
    std::function<Timestamp()> now;
  };

  /// `bytes` is kept up to date with what all events take.
  EventWriter(Options options, std::atomic<std::uint64_t>& bytes) : options_(std::move(options)), bytes_(bytes) {}

  /// A lost connection is made anew, and a transaction that may hold at the second time is tried again: an event is stored
  /// once all the same.
  Result<void> write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) override;

  void tend() override;

 private:
  struct Placed {
    const EventRow* row;
    AppendQueue::Job* job;
    Place place;
  };
  /// How events get into their partitions: by COPY, which fails at one that is known, or by a staging table, which takes longer.
  enum class Way { straight, staged };

  Result<void> connect();
  Result<void> try_write(const std::vector<Placed>& rows, Way way, std::vector<const Placed*>& added);
  Result<void> prepare_days(const std::vector<Placed>& rows, std::set<std::int64_t>& days);
  Result<void> find_names(const std::vector<Placed>& rows);
  std::vector<Statement> opening(const std::vector<Placed>& rows, const std::set<std::int64_t>& days,
                                 const std::map<std::int64_t, std::string>& ids_by_day) const;
  /// As arrays, by the days where they may be.
  static std::map<std::int64_t, std::string> ids_of(const std::vector<Placed>& rows);
  static void note_known(const Rows& rows, EventIds& known);
  Result<void> find_known(std::int64_t day, const std::string& ids, EventIds& known);
  /// The whole transaction.
  Result<void> write_all(const std::vector<Placed>& rows, const std::set<std::int64_t>& days, Way way,
                         std::vector<const Placed*>& added);
  static BatchCopy copy_of(const std::vector<const Placed*>& rows);
  Result<void> write_events(BatchCopy& copy, Way way, std::vector<const Placed*>& added);
  Result<void> make_days_ahead();
  Result<void> drop_old();
  void unite_user_sets_for(std::int64_t budget_ms);

  Options options_;
  std::atomic<std::uint64_t>& bytes_;
  std::unique_ptr<Connection> connection_;
  Names names_;
  std::set<std::int64_t> days_;  ///< Partitions that are there, as far as is known.
  std::size_t late_rows_ = 0;    ///< Since the last `tend`.
  UserSetCounts user_sets_;
  bool are_user_sets_counted_ = false;  ///< Once; since then they are by what is written.
};

}  // namespace mayday::origin::postgres
