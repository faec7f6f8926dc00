#include "origin/store/batch_copy_postgres.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "origin/store/day.h"
#include "origin/store/user_counts_postgres.h"
#include "origin/store/user_sets.h"

namespace mayday::origin::postgres {
namespace {

/// Gone with its transaction: where a pooler stands between, the next one may have another session.
std::string make_staging_sql() {
  return "CREATE TEMPORARY TABLE staging ON COMMIT DROP AS SELECT " + std::string(event_columns) +
         " FROM events WITH NO DATA";
}

/// In the order of `write`.
std::string take_over_sql() {
  const std::string columns(event_columns);
  return "INSERT INTO events (" + columns + ") SELECT " + columns + " FROM staging ORDER BY occurred_ms / " +
         std::to_string(day_ms) + ", event_id ON CONFLICT DO NOTHING RETURNING event_id";
}

}  // namespace

BatchCopy::BatchCopy(std::vector<Row> rows) : rows_(std::move(rows)) {
  std::sort(rows_.begin(), rows_.end(),
            [](const Row& a, const Row& b) { return a.row->event_id.bytes < b.row->event_id.bytes; });
  for (const Row& row : rows_) add_event(events_[day_of(row.occurred)], *row.row, row.occurred);
}

Result<void> BatchCopy::write(Connection& connection) {
  if (events_.empty()) return {};
  std::string sql;
  for (const auto& [day, _] : events_) sql += events_copy_sql("events_" + std::to_string(day)) + ";";
  auto events = events_.begin();
  Connection::NextData users;
  return connection.copy(sql + users_sql(), events_.size() * 3, [&]() -> std::string_view {
    if (events != events_.end()) return (events++)->second.finish();
    if (!users) {
      add_up();
      users = next_users();
    }
    return users();
  });
}

Result<EventIds> BatchCopy::write_new(Connection& connection) {
  if (events_.empty()) return EventIds();
  if (const Result<Rows> made = connection.run(make_staging_sql()); !made) return made.error();
  std::string sql;
  for (std::size_t i = 0; i < events_.size(); ++i) sql += events_copy_sql("staging") + ";";
  auto events = events_.begin();
  Result<void> copied = connection.copy(sql, events_.size(), [&] { return (events++)->second.finish(); });
  if (!copied) return copied.error();
  const Result<Rows> taken = connection.run(take_over_sql());
  if (!taken) return taken.error();
  EventIds added;
  for (int row = 0; row < taken->count(); ++row) {
    if (const std::optional<Uuid> id = parse_uuid(taken->text(row, 0))) added.insert(id->bytes);
  }
  std::erase_if(rows_, [&](const Row& row) { return !added.contains(row.row->event_id.bytes); });
  add_up();
  copied = connection.copy(users_sql(), events_.size() * 2, next_users());
  if (!copied) return copied.error();
  return added;
}

void BatchCopy::add_up() {
  for (const Row& row : rows_) tally_.add(*row.row, row.occurred);
}

/// Two COPY statements a day, in the order of `next_users`.
std::string BatchCopy::users_sql() const {
  std::string sql;
  for (const auto& [day, _] : events_) sql += user_counts_copy_sql(day) + ";" + user_sets_copy_sql(day) + ";";
  return sql;
}

Connection::NextData BatchCopy::next_users() {
  return [this, day = events_.begin(), is_counts = true]() mutable -> std::string_view {
    is_counts ? take_counts(day->first) : take_sets((day++)->first);
    is_counts = !is_counts;
    return users_.finish();
  };
}

void BatchCopy::take_counts(std::int64_t day) {
  users_ = CopyData();
  const std::int64_t end = start_of_day(day + 1).ms / minute_ms;
  auto user = tally_.users().lower_bound({start_of_day(day).ms / minute_ms, 0});
  while (user != tally_.users().end() && user->first.at < end) {
    const std::int64_t at = user->first.at;
    add_user_counts(users_, at, encode_user_counts(tally_.users(), at));
    user = tally_.users().lower_bound({at + 1, 0});
  }
}

void BatchCopy::take_sets(std::int64_t day) {
  users_ = CopyData();
  const auto end = tally_.pattern_users().lower_bound({day + 1, 0});
  for (auto pattern = tally_.pattern_users().lower_bound({day, 0}); pattern != end; ++pattern) {
    std::vector<std::int64_t> users = pattern->second;
    add_user_set(users_, day, std::bit_cast<std::int64_t>(pattern->first.fingerprint), to_user_set(users));
  }
}

}  // namespace mayday::origin::postgres
