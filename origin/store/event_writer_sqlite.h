#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "origin/store/append_queue.h"
#include "origin/store/append_sqlite.h"
#include "origin/store/day_files_sqlite.h"
#include "origin/store/place.h"
#include "origin/store/user_sets.h"

namespace mayday::origin::sqlite {

/// Writes events into the files of their days, rolls up what is over, unites sets of users, and drops days that are too old or too much.
class EventWriter final : public AppendQueue::Writer {
 public:
  struct Options {
    std::int64_t retention_days;
    std::uint64_t retention_bytes;  ///< 0: as many as there are.
    std::function<Timestamp()> now;
  };

  EventWriter(DayFiles files, Options options) : files_(std::move(files)), options_(std::move(options)) {}

  /// Rows of several days are committed day by day. What stands in a neighbouring day where it may have been put by an
  /// earlier delivery (around midnight, or by the time of arrival) is known.
  Result<void> write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) override;

  void tend() override;

  /// The same without waiting for anything but the disk: every span that is over is rolled up, and sets are united.
  void roll_up_all();

 private:
  struct OpenDay {
    std::unique_ptr<Database> database;  ///< On the heap: the appender holds its address.
    Appender appender;
    std::vector<const EventRow*> rows;  ///< New in this transaction.
    std::uint64_t used = 0;
  };
  struct Placed {
    const EventRow* row;
    AppendQueue::Job* job;
    Place place;
  };
  using Days = std::map<std::int64_t, OpenDay*>;

  Result<Days> begin(const std::vector<Placed>& rows);
  Result<OpenDay*> open(std::int64_t day);
  Result<void> insert(const std::vector<Placed>& rows, const Days& days);
  Result<bool> is_beside(const Placed& placed, const Days& days);
  void close_but(std::size_t count);
  void drop_old();
  void roll_up_for(std::int64_t budget_ms);
  void unite_user_sets_for(std::int64_t budget_ms);

  DayFiles files_;
  Options options_;
  std::map<std::int64_t, OpenDay> open_;
  std::uint64_t uses_ = 0;
  std::size_t late_rows_ = 0;  ///< Since the last `tend`.
  std::set<std::int64_t> rolled_whole_;
  UserSetCounts user_sets_;
  std::set<std::int64_t> counted_;  ///< Days whose sets were counted once; since then they are by what is written.
};

}  // namespace mayday::origin::sqlite
