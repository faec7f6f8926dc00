#include "origin/store/append_sqlite.h"

#include "origin/store/columns_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release, message, error_type,"
    " error_message, component, route, session_id, user_id, trace_id, request_id, fingerprint, occurrences, severity,"
    " error_kind, error_code, page, action, user_blocked, recovery_attempted, recovered, body) VALUES"
    " (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27)"
    " ON CONFLICT (event_id) DO NOTHING";

constexpr std::string_view minute_sql =
    "INSERT INTO event_minutes (minute, level, dimension, occurrences) VALUES (?1,?2,?3,?4)"
    " ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences";

constexpr std::string_view pattern_sql =
    "INSERT INTO pattern_counts (width, at, fingerprint, level, dimension, occurrences, last_seen_ms)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences,"
    " last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)";

constexpr std::string_view error_sql =
    "INSERT INTO error_counts (width, at, situation, fingerprint, errors, last_seen_ms) VALUES (?1,?2,?3,?4,?5,?6)"
    " ON CONFLICT DO UPDATE SET errors = errors + excluded.errors,"
    " last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)";

constexpr std::string_view user_span_sql =
    "INSERT INTO user_spans (at, user, errors, blocked, event) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT DO UPDATE SET errors = errors + excluded.errors, blocked = blocked + excluded.blocked";

constexpr std::string_view user_set_sql = "INSERT INTO user_sets (fingerprint, users) VALUES (?1,?2)";

constexpr std::string_view face_sql =
    "INSERT INTO patterns (fingerprint, message, error_type, error_kind, page, action, first_seen_ms, last_seen_ms,"
    " errors) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9) ON CONFLICT DO UPDATE SET errors = errors + excluded.errors,"
    " first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),"
    " last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)";

}  // namespace

Result<Appender> Appender::prepare(Database& database) {
  Appender appender;
  appender.database_ = &database;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&appender.begin_, "BEGIN IMMEDIATE"},
      {&appender.commit_, "COMMIT"},
      {&appender.rolled_rows_, "SELECT width, at FROM rolled"},
      {&appender.has_, "SELECT 1 FROM events WHERE event_id = ?1"},
      {&appender.insert_, insert_sql},
      {&appender.minute_, minute_sql},
      {&appender.pattern_, pattern_sql},
      {&appender.error_, error_sql},
      {&appender.user_span_, user_span_sql},
      {&appender.user_set_, user_set_sql},
      {&appender.face_, face_sql}};
  for (const auto& [statement, sql] : statements) {
    Result<Statement> prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  Result<NameIds> dimensions = NameIds::prepare(database, "dimensions", "service, environment, release", "?1, ?2, ?3");
  if (!dimensions) return dimensions.error();
  appender.dimensions_ = std::move(*dimensions);
  Result<NameIds> situations =
      NameIds::prepare(database, "situations", "kind, page, action", "CAST(?1 AS INTEGER), ?2, ?3");
  if (!situations) return situations.error();
  appender.situations_ = std::move(*situations);
  return appender;
}

Result<void> Appender::begin() {
  tally_.clear();
  if (Result<void> begun = begin_.run(); !begun) return begun;
  if (Result<void> read = read_rolled(); !read) return read;
  if (rolled_.contains({day_is_dropped_width, 0})) return Error{Code::origin_unavailable, 0};
  return {};
}

Result<void> Appender::read_rolled() {
  rolled_.clear();
  for (;;) {
    const Result<bool> has_row = rolled_rows_.step();
    if (!has_row) return has_row.error();
    if (!*has_row) break;
    rolled_.emplace(rolled_rows_.integer(0), rolled_rows_.integer(1));
  }
  rolled_rows_.reset();
  return {};
}

Result<bool> Appender::has(const Uuid& event_id) {
  has_.bind_blob(1, event_id.bytes.data(), event_id.bytes.size());
  const Result<bool> found = has_.step();
  has_.reset();
  return found;
}

Result<bool> Appender::append(const EventRow& row, Timestamp occurred) {
  insert_.bind_blob(1, row.event_id.bytes.data(), row.event_id.bytes.size());
  insert_.bind(2, occurred.ms);
  insert_.bind(3, row.received.ms);
  insert_.bind(4, static_cast<std::int64_t>(row.level));
  insert_.bind(5, row.service);
  insert_.bind(6, row.environment);
  insert_.bind(7, row.release);
  insert_.bind(8, row.message);
  insert_.bind_optional(9, row.error_type);
  insert_.bind_optional(10, row.error_message);
  insert_.bind_optional(11, row.component);
  insert_.bind_optional(12, row.route);
  insert_.bind_optional(13, row.session_id);
  insert_.bind_optional(14, row.user_id);
  insert_.bind_optional(15, row.trace_id);
  insert_.bind_optional(16, row.request_id);
  row.fingerprint ? insert_.bind(17, as_integer(*row.fingerprint)) : insert_.bind_null(17);
  insert_.bind(18, row.occurrences);
  insert_.bind(19, static_cast<std::int64_t>(row.severity));
  insert_.bind(20, static_cast<std::int64_t>(row.error_kind));
  insert_.bind_optional(21, row.error_code);
  insert_.bind_optional(22, row.page);
  insert_.bind_optional(23, row.action);
  insert_.bind(24, std::int64_t{row.user_blocked});
  insert_.bind(25, std::int64_t{row.recovery_attempted});
  insert_.bind(26, std::int64_t{row.recovered});
  insert_.bind(27, row.body);
  if (Result<void> inserted = insert_.run(); !inserted) return inserted.error();
  if (database_->changes() == 0) return false;
  tally_.add(row, occurred, database_->last_insert_id());
  return true;
}

Result<void> Appender::commit() {
  if (Result<void> written = write_minutes(); !written) return written;
  if (Result<void> written = write_patterns(); !written) return written;
  if (Result<void> written = write_errors(); !written) return written;
  if (Result<void> written = write_users(); !written) return written;
  if (Result<void> written = write_faces(); !written) return written;
  return commit_.run();
}

void Appender::rollback() {
  database_->try_execute("ROLLBACK");
  dimensions_.forget();
  situations_.forget();
  tally_.clear();
}

}  // namespace mayday::origin::sqlite
