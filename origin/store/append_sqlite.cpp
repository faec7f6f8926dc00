#include "origin/store/append_sqlite.h"

#include <algorithm>

#include "origin/store/columns_sqlite.h"

namespace mayday::origin::sqlite {
namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release, message, error_type,"
    " error_message, component, route, session_id, user_id, trace_id, request_id, fingerprint, occurrences, body)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19) ON CONFLICT (event_id) DO NOTHING";

constexpr std::string_view minute_sql =
    "INSERT INTO event_minutes (minute, level, service, environment, release, occurrences) VALUES (?1,?2,?3,?4,?5,?6)"
    " ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences";

constexpr std::string_view span_sql =
    "INSERT INTO pattern_spans (span, fingerprint, level, service, environment, release, occurrences, last_seen_ms)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences,"
    " last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)";

constexpr std::string_view pattern_sql =
    "INSERT INTO patterns (fingerprint, message, error_type, first_seen_ms) VALUES (?1,?2,?3,?4)"
    " ON CONFLICT DO UPDATE SET first_seen_ms = excluded.first_seen_ms WHERE excluded.first_seen_ms < first_seen_ms";

}  // namespace

Result<Appender> Appender::prepare(Database& database) {
  Appender appender;
  appender.database_ = &database;
  const std::pair<Statement*, std::string_view> statements[] = {
      {&appender.begin_, "BEGIN IMMEDIATE"}, {&appender.commit_, "COMMIT"}, {&appender.insert_, insert_sql},
      {&appender.minute_, minute_sql},       {&appender.span_, span_sql},   {&appender.pattern_, pattern_sql}};
  for (const auto& [statement, sql] : statements) {
    Result<Statement> prepared = database.prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return appender;
}

Result<void> Appender::begin() {
  forget();
  return begin_.run();
}

Result<Appended> Appender::append(const EventBatch& batch) {
  Appended appended;
  for (const EventRow& row : batch.rows()) {
    const Result<bool> is_new = insert(row);
    if (!is_new) return is_new.error();
    if (!*is_new) {
      ++appended.known;
      continue;
    }
    ++appended.stored;
    count(row);
    added_.push_back(&row);
  }
  return appended;
}

Result<bool> Appender::insert(const EventRow& row) {
  insert_.bind_blob(1, row.event_id.bytes.data(), row.event_id.bytes.size());
  insert_.bind(2, row.occurred.ms);
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
  insert_.bind(19, row.body);
  if (Result<void> inserted = insert_.run(); !inserted) return inserted.error();
  return database_->changes() > 0;
}

void Appender::count(const EventRow& row) {
  const MinuteKey minute{row.occurred.ms / minute_ms, row.level, row.service, row.environment, row.release};
  minutes_[minute] += row.occurrences;
  if (!row.fingerprint) return;
  const SpanKey key{row.occurred.ms / span_ms, *row.fingerprint, row.level, row.service, row.environment, row.release};
  SpanCount& span = spans_[key];
  span.occurrences += row.occurrences;
  span.last_seen_ms = std::max(span.last_seen_ms, row.occurred.ms);
  Example& example = patterns_[*row.fingerprint];
  example.first_seen_ms = example.row ? std::min(example.first_seen_ms, row.occurred.ms) : row.occurred.ms;
  if (!example.row) example.row = &row;
}

Result<void> Appender::write_minutes() {
  for (const auto& [key, occurrences] : minutes_) {
    minute_.bind(1, key.minute);
    minute_.bind(2, static_cast<std::int64_t>(key.level));
    minute_.bind(3, key.service);
    minute_.bind(4, key.environment);
    minute_.bind(5, key.release);
    minute_.bind(6, occurrences);
    if (Result<void> written = minute_.run(); !written) return written;
  }
  return {};
}

Result<void> Appender::write_spans() {
  for (const auto& [key, count] : spans_) {
    span_.bind(1, key.span);
    span_.bind(2, as_integer(key.fingerprint));
    span_.bind(3, static_cast<std::int64_t>(key.level));
    span_.bind(4, key.service);
    span_.bind(5, key.environment);
    span_.bind(6, key.release);
    span_.bind(7, count.occurrences);
    span_.bind(8, count.last_seen_ms);
    if (Result<void> written = span_.run(); !written) return written;
  }
  return {};
}

Result<void> Appender::write_patterns() {
  for (const auto& [fingerprint, example] : patterns_) {
    pattern_.bind(1, as_integer(fingerprint));
    pattern_.bind(2, example.row->message);
    pattern_.bind_optional(3, example.row->error_type);
    pattern_.bind(4, example.first_seen_ms);
    if (Result<void> written = pattern_.run(); !written) return written;
  }
  return {};
}

Result<void> Appender::commit() {
  if (Result<void> written = write_minutes(); !written) return written;
  if (Result<void> written = write_spans(); !written) return written;
  if (Result<void> written = write_patterns(); !written) return written;
  return commit_.run();
}

void Appender::rollback() {
  database_->try_execute("ROLLBACK");
  forget();
}

void Appender::forget() {
  added_.clear();
  minutes_.clear();
  spans_.clear();
  patterns_.clear();
}

}  // namespace mayday::origin::sqlite
