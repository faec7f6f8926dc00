#include "origin/store/event_writer_sqlite.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "origin/clock.h"
#include "origin/store/columns_sqlite.h"
#include "origin/store/day.h"
#include "origin/store/roll_sqlite.h"
#include "origin/store/user_sets_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::size_t open_days_max = 3;

/// A span is rolled up when it is over for so long: what comes later costs a write for each width.
constexpr std::int64_t settled_ms = 10 * minute_ms;

/// More late rows than this since the last look are a spool that is being emptied: rolling up waits for its end.
constexpr std::size_t late_rows_max = 1'000;

/// The write lock may be held up for so long by rolling up.
constexpr std::int64_t roll_budget_ms = 100;

/// So many patterns' sets of users are united in one transaction.
constexpr std::size_t united_patterns_max = 64;

}  // namespace

Result<EventWriter::OpenDay*> EventWriter::open(std::int64_t day) {
  const auto found = open_.find(day);
  if (found != open_.end()) {
    // Its file may have been dropped by another process.
    if (files_.exists(day)) return &found->second;
    open_.erase(found);
  }
  Result<Database> database = files_.open(day);
  if (!database) return database.error();
  OpenDay opened;
  opened.database = std::make_unique<Database>(std::move(*database));
  Result<Appender> appender = Appender::prepare(*opened.database);
  if (!appender) return appender.error();
  opened.appender = std::move(*appender);
  return &open_.emplace(day, std::move(opened)).first->second;
}

/// In the order of days, as every process does: two of them never wait for each other.
Result<EventWriter::Days> EventWriter::begin(const std::vector<Placed>& rows) {
  const std::vector<std::int64_t> there = files_.days();
  std::set<std::int64_t> wanted;
  for (const Placed& placed : rows) {
    wanted.insert(day_of(placed.place.occurred));
    const auto [before, after] = days_beside(placed.place);
    for (const std::int64_t day : {before, after}) {
      if (std::binary_search(there.begin(), there.end(), day)) wanted.insert(day);
    }
  }
  Days days;
  for (const std::int64_t day : wanted) {
    const Result<OpenDay*> opened = open(day);
    Result<void> begun = opened ? (*opened)->appender.begin() : Result<void>(opened.error());
    if (!begun) {
      if (opened) (*opened)->appender.rollback();
      for (const auto& [_, other] : days) other->appender.rollback();
      return begun.error();
    }
    (*opened)->rows.clear();
    (*opened)->used = ++uses_;
    days.emplace(day, *opened);
  }
  return days;
}

Result<bool> EventWriter::is_beside(const Placed& placed, const Days& days) {
  const auto [before, after] = days_beside(placed.place);
  for (const std::int64_t day : {before, after}) {
    const auto found = days.find(day);
    if (found == days.end()) continue;
    const Result<bool> has = found->second->appender.has(placed.row->event_id);
    if (!has || *has) return has;
  }
  return false;
}

Result<void> EventWriter::insert(const std::vector<Placed>& rows, const Days& days) {
  const std::int64_t settled = options_.now().ms - settled_ms;
  for (const Placed& placed : rows) {
    OpenDay& day = *days.at(day_of(placed.place.occurred));
    const Result<bool> beside = is_beside(placed, days);
    if (!beside) return beside.error();
    const Result<bool> is_new = *beside ? Result<bool>(false) : day.appender.append(*placed.row, placed.place.occurred);
    if (!is_new) return is_new.error();
    if (*is_new) day.rows.push_back(placed.row);
    if (placed.place.occurred.ms < settled) ++late_rows_;
    ++(*is_new ? placed.job->appended.stored : placed.job->appended.known);
  }
  return {};
}

Result<void> EventWriter::write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) {
  const std::int64_t oldest_day = day_of(options_.now()) - options_.retention_days;
  std::vector<Placed> rows;
  for (AppendQueue::Job& job : jobs) {
    for (const EventRow& row : job.batch->rows()) rows.push_back({&row, &job, place(row, oldest_day)});
  }
  const Result<Days> days = begin(rows);
  if (!days) return days.error();
  Result<void> written = insert(rows, *days);
  for (const auto& [_, day] : *days) {
    if (written) written = day->appender.commit();
    if (!written) {
      day->appender.rollback();
      continue;
    }
    added.insert(added.end(), day->rows.begin(), day->rows.end());
    for (const auto& pattern : day->appender.tally().pattern_users()) {
      user_sets_.add({pattern.first.day, as_integer(pattern.first.fingerprint)});
    }
  }
  close_but(open_days_max);
  return written;
}

/// Closes those that were not used for longest.
void EventWriter::close_but(std::size_t count) {
  while (open_.size() > count) {
    open_.erase(std::min_element(open_.begin(), open_.end(),
                                 [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
}

void EventWriter::tend() {
  drop_old();
  if (std::exchange(late_rows_, 0) <= late_rows_max) roll_up_for(roll_budget_ms);
  unite_user_sets_for(roll_budget_ms);
}

void EventWriter::roll_up_all() {
  constexpr std::int64_t endless_ms = std::numeric_limits<std::int64_t>::max() / 2;
  roll_up_for(endless_ms);
  unite_user_sets_for(endless_ms);
}

void EventWriter::unite_user_sets_for(std::int64_t budget_ms) {
  const std::int64_t end_ms = steady_ms() + budget_ms;
  while (steady_ms() < end_ms) {
    const std::vector<UserSetCounts::Pattern> patterns = user_sets_.take_full(united_patterns_max);
    if (patterns.empty()) return;
    const std::int64_t day = patterns.front().first;
    if (!files_.exists(day)) continue;
    const Result<OpenDay*> opened = open(day);
    // What fails is in the log, and is done once there are more.
    if (opened) (void)unite_user_sets(*(*opened)->database, patterns);
    close_but(open_days_max);
  }
}

void EventWriter::drop_old() {
  const std::int64_t oldest_day = day_of(options_.now()) - options_.retention_days;
  std::vector<std::int64_t> days = files_.days();
  const auto drop = [this](std::int64_t day) {
    open_.erase(day);
    rolled_whole_.erase(day);
    counted_.erase(day);
    return files_.drop(day);
  };
  std::uint64_t bytes = 0;
  // From the newest on: what does not fit any more goes, with all that is older. The newest day always stays.
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    bytes += files_.bytes_of(*day);
    const bool is_too_much = options_.retention_bytes > 0 && bytes > options_.retention_bytes && day != days.rbegin();
    if (*day >= oldest_day && !is_too_much) continue;
    if (!drop(*day)) return;  // The log says why; the next look tries again.
  }
}

void EventWriter::roll_up_for(std::int64_t budget_ms) {
  const std::int64_t end_ms = steady_ms() + budget_ms;
  const Timestamp settled{options_.now().ms - settled_ms};
  const std::vector<std::int64_t> days = files_.days();
  // The newest first: they are asked for most.
  for (auto day = days.rbegin(); day != days.rend(); ++day) {
    if (rolled_whole_.contains(*day)) continue;
    const auto found = open_.find(*day);
    std::unique_ptr<Database> own;
    if (found == open_.end()) {
      Result<Database> opened = files_.open(*day);
      if (!opened) continue;
      own = std::make_unique<Database>(std::move(*opened));
    }
    Database& database = own ? *own : *found->second.database;
    if (counted_.insert(*day).second) (void)count_user_sets(database, *day, user_sets_);
    Result<std::size_t> made = std::size_t{1};
    while (made && *made > 0) {
      if (steady_ms() >= end_ms) return;
      made = roll_up(database, *day, settled, 1);
    }
    if (made && start_of_day(*day + 1) <= settled) rolled_whole_.insert(*day);
  }
}

}  // namespace mayday::origin::sqlite
