#include "origin/store/event_writer_postgres.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "origin/log.h"
#include "origin/store/roll_postgres.h"

namespace mayday::origin::postgres {
namespace {

constexpr int tries_max = 3;

/// A span is rolled up when it is over for so long: what comes later costs a write for each width.
constexpr std::int64_t settled_ms = 10 * minute_ms;

/// More late rows than this since the last look are a spool that is being emptied: rolling up waits for its end.
constexpr std::size_t late_rows_max = 1'000;

constexpr std::int64_t roll_budget_ms = 100;

Result<void> to_void(const Result<Rows>& rows) { return rows ? Result<void>() : Result<void>(rows.error()); }

bool looks_beside(const Place& place) {
  const DaysBeside beside = days_beside(place);
  return beside.before != DaysBeside::no_day || beside.after != DaysBeside::no_day;
}

std::string comma_separated(const std::set<std::int64_t>& numbers) {
  std::string list;
  for (const std::int64_t number : numbers) list += (list.empty() ? "" : ",") + std::to_string(number);
  return list;
}

}  // namespace

Result<void> EventWriter::connect() {
  if (connection_ && connection_->is_alive()) return {};
  connection_.reset();
  Result<Connection> opened = Connection::open(options_.url);
  if (!opened) return opened.error();
  connection_ = std::make_unique<Connection>(std::move(*opened));
  return {};
}

Result<void> EventWriter::write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) {
  const std::int64_t oldest_day = day_of(options_.now()) - options_.retention_days;
  std::vector<Placed> rows;
  for (AppendQueue::Job& job : jobs) {
    for (const EventRow& row : job.batch->rows()) rows.push_back({&row, &job, place(row, oldest_day)});
  }
  std::vector<const Placed*> stored;
  Result<void> written = Error{Code::storage_failed, try_again};
  for (int tries = 0; tries < tries_max && !written && written.error().at == try_again; ++tries) {
    written = try_write(rows, stored);
    if (!written) days_.clear();  // One of them may be gone.
  }
  if (!written) return written;
  const std::int64_t settled = options_.now().ms - settled_ms;
  for (AppendQueue::Job& job : jobs) job.appended.known = static_cast<std::uint32_t>(job.batch->rows().size());
  for (const Placed* placed : stored) {
    ++placed->job->appended.stored;
    --placed->job->appended.known;
    if (placed->place.occurred.ms < settled) ++late_rows_;
    added.push_back(placed->row);
  }
  return {};
}

Result<void> EventWriter::try_write(const std::vector<Placed>& rows, std::vector<const Placed*>& added) {
  added.clear();
  if (Result<void> connected = connect(); !connected) return connected;
  std::set<std::int64_t> days;
  if (Result<void> prepared = prepare_days(rows, days); !prepared) return prepared;
  if (Result<void> found = find_names(rows); !found) return found;
  Result<void> written = write_all(rows, days, added);
  if (!written) (void)connection_->run("ROLLBACK");
  return written;
}

/// Makes partitions that are missing, before the transaction: making one in it would hold its lock until the end.
Result<void> EventWriter::prepare_days(const std::vector<Placed>& rows, std::set<std::int64_t>& days) {
  for (const Placed& placed : rows) days.insert(day_of(placed.place.occurred));
  for (const std::int64_t day : days) {
    if (days_.contains(day)) continue;
    Result<void> made = to_void(connection_->run("SELECT mayday_make_day(" + std::to_string(day) + ")"));
    if (!made) return made;
    days_.insert(day);
  }
  return {};
}

/// Before the transaction, too: names that others wait for would make them wait for all of it.
Result<void> EventWriter::find_names(const std::vector<Placed>& rows) {
  for (const Placed& placed : rows) {
    const EventRow& row = *placed.row;
    const auto dimension = names_.find(*connection_, Tally::Dimension{row.service, row.environment, row.release});
    if (!dimension) return dimension.error();
    if (row.severity == Severity::none) continue;
    const auto situation = names_.find(*connection_, Tally::Situation{row.error_kind, row.page, row.action});
    if (!situation) return situation.error();
  }
  return {};
}

/// Those who look into neighbouring days follow one another; rolling up waits until nobody writes into its day. Answers what is
/// rolled up, which stays so until the end. One request: each costs a turn of two processes.
Result<Rolled> EventWriter::begin(const std::vector<Placed>& rows, const std::set<std::int64_t>& days) {
  std::string sql = "BEGIN;";
  if (std::any_of(rows.begin(), rows.end(), [](const Placed& placed) { return looks_beside(placed.place); })) {
    sql += "SELECT pg_advisory_xact_lock(6239043, 0);";
  }
  for (const std::int64_t day : days) {
    sql += "SELECT pg_advisory_xact_lock_shared(6239042, " + std::to_string(day) + ");";
  }
  sql += "SELECT day, width, at FROM rolled WHERE day IN (" + comma_separated(days) + ")";
  const Result<Rows> found = connection_->run(sql);
  if (!found) return found.error();
  Rolled rolled;
  for (int row = 0; row < found->count(); ++row) {
    rolled.emplace(found->integer(row, 0), found->integer(row, 1), found->integer(row, 2));
  }
  return rolled;
}

Result<void> EventWriter::write_all(const std::vector<Placed>& rows, const std::set<std::int64_t>& days,
                                    std::vector<const Placed*>& added) {
  const Result<Rolled> rolled = begin(rows, days);
  if (!rolled) return rolled.error();
  if (Result<void> found = find_new(rows, added); !found) return found;
  std::map<std::int64_t, CopyData> data;
  for (const Placed* placed : added) data[day_of(placed->place.occurred)].add(*placed->row, placed->place.occurred);
  for (auto& [day, copied] : data) {
    const std::string sql =
        "COPY events_" + std::to_string(day) + " (" + std::string(event_columns) + ") FROM STDIN (FORMAT binary)";
    if (Result<void> done = connection_->copy(sql, copied.finish()); !done) return done;
  }
  Tally tally;
  for (const Placed* placed : added) tally.add(*placed->row, placed->place.occurred);
  Result<std::vector<Statement>> statements = rollup_statements(*connection_, names_, tally, *rolled);
  if (!statements) return statements.error();
  statements->push_back({"COMMIT"});
  return connection_->run_all(*statements);
}

/// Where another origin writes one of them meanwhile, the partition's unique index ends the transaction, and the next try finds
/// it: rarely, while ON CONFLICT costs every row more than all of this.
Result<void> EventWriter::find_new(const std::vector<Placed>& rows, std::vector<const Placed*>& added) {
  std::map<std::int64_t, std::string> ids_by_day;
  for (const Placed& placed : rows) {
    char id[uuid_chars];
    format_uuid(placed.row->event_id, id);
    const DaysBeside beside = days_beside(placed.place);
    for (const std::int64_t day : {day_of(placed.place.occurred), beside.before, beside.after}) {
      if (day == DaysBeside::no_day) continue;
      std::string& ids = ids_by_day[day];
      ids.append(ids.empty() ? "{" : ",").append(id, sizeof id);
    }
  }
  Ids known;
  for (auto& [day, ids] : ids_by_day) {
    if (Result<void> found = find_known(day, ids += '}', known); !found) return found;
  }
  for (const Placed& placed : rows) {
    if (known.insert(placed.row->event_id.bytes).second) added.push_back(&placed);
  }
  return {};
}

/// An index look-up for each, whatever is known of the table's size: its plan is no matter of statistics that may be old.
Result<void> EventWriter::find_known(std::int64_t day, const std::string& ids, Ids& known) {
  const std::string table = "events_" + std::to_string(day);
  if (!days_.contains(day)) {
    const Result<Rows> there = connection_->run("SELECT to_regclass('" + table + "') IS NOT NULL");
    if (!there) return there.error();
    if (there->text(0, 0) != "t") return {};
  }
  const Parameter parameters[] = {ids};
  const Result<Rows> found = connection_->run("SELECT s.id FROM unnest($1::uuid[]) AS s (id), LATERAL (SELECT 1 FROM " +
                                                  table + " WHERE event_id = s.id LIMIT 1) AS there",
                                              parameters);
  if (!found) return found.error();
  for (int row = 0; row < found->count(); ++row) {
    if (const std::optional<Uuid> id = parse_uuid(found->text(row, 0))) known.insert(id->bytes);
  }
  return {};
}

void EventWriter::tend() {
  if (!connect()) return;  // The log says why.
  if (!make_days_ahead() || !drop_old()) return;
  if (std::exchange(late_rows_, 0) > late_rows_max) return;
  (void)roll_up(*connection_, {options_.now().ms - settled_ms}, roll_budget_ms);
}

Result<void> EventWriter::make_days_ahead() {
  const std::int64_t today = day_of(options_.now());
  for (std::int64_t day = today; day <= today + 2; ++day) {
    if (days_.contains(day)) continue;
    Result<void> made = to_void(connection_->run("SELECT mayday_make_day(" + std::to_string(day) + ")"));
    if (!made) return made;
    days_.insert(day);
  }
  return {};
}

Result<void> EventWriter::drop_old() {
  const std::int64_t today = day_of(options_.now());
  const std::int64_t oldest_day = today - options_.retention_days;
  const Result<Rows> days = connection_->run("SELECT day, coalesce(bytes, 0) FROM mayday_days ORDER BY day DESC");
  if (!days) return days.error();
  std::uint64_t bytes = 0;  // From the newest day on.
  std::uint64_t kept_bytes = 0;
  for (int row = 0; row < days->count(); ++row) {
    const std::int64_t day = days->integer(row, 0);
    bytes += static_cast<std::uint64_t>(days->integer(row, 1));
    const bool is_too_much = options_.retention_bytes > 0 && bytes > options_.retention_bytes && day < today;
    if (day >= oldest_day && !is_too_much) {
      kept_bytes = bytes;
      continue;
    }
    const std::string sql =
        "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT mayday_drop_day(" + std::to_string(day) + "); COMMIT";
    if (Result<void> dropped = to_void(connection_->run(sql)); !dropped) {
      (void)connection_->run("ROLLBACK");  // The next look tries again.
      return dropped;
    }
    days_.erase(day);
    log_line(Level::info, "dropped the events of the day " + std::to_string(day));
  }
  bytes_.store(kept_bytes);
  return {};
}

}  // namespace mayday::origin::postgres
