#include "origin/store/copy_postgres.h"

#include <bit>

#include "origin/sql/postgres_connection.h"
#include "origin/store/day.h"

namespace mayday::origin::postgres {
namespace {

/// An index entry may have 2,704 bytes: what is longer in a column that has an index is cut. `body` has it whole.
constexpr std::size_t indexed_bytes_max = 1'000;

constexpr std::int16_t event_columns_count = 27;

std::string copy_sql(const std::string& table, std::string_view columns) {
  return "COPY " + table + " (" + std::string(columns) + ") FROM STDIN (FORMAT binary)";
}

}  // namespace

const std::string_view event_columns =
    "event_id, occurred_ms, received_ms, level, service, environment, release, message, error_type, error_message,"
    " component, route, session_id, user_id, trace_id, request_id, fingerprint, occurrences, severity, error_kind,"
    " error_code, page, action, user_blocked, recovery_attempted, recovered, body";

CopyData::CopyData() {
  data_ = std::string_view("PGCOPY\n\377\r\n\0", 11);
  data_.append(8, '\0');  // No flags, no extension.
}

void CopyData::big_endian(std::uint64_t value, std::size_t bytes) {
  char digits[8];
  for (std::size_t i = 0; i < bytes; ++i) digits[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
  data_.append(digits, bytes);
}

void CopyData::begin_row(std::int16_t columns) { big_endian(static_cast<std::uint16_t>(columns), 2); }

void CopyData::null() { data_.append(4, '\xff'); }

void CopyData::number16(std::int16_t value) {
  big_endian(2, 4);
  big_endian(static_cast<std::uint16_t>(value), 2);
}

void CopyData::number32(std::int32_t value) {
  big_endian(4, 4);
  big_endian(static_cast<std::uint32_t>(value), 4);
}

void CopyData::number64(std::int64_t value) {
  big_endian(8, 4);
  big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

void CopyData::flag(bool value) {
  big_endian(1, 4);
  data_ += static_cast<char>(value);
}

void CopyData::bytes(std::string_view value) {
  big_endian(value.size(), 4);
  data_ += value;
}

void CopyData::text(std::string_view value, std::size_t bytes_max) {
  if (value.size() <= bytes_max && is_clean_text(value)) return bytes(value);
  bytes(clean_text(value, bytes_max));
}

void CopyData::text(std::string_view value) { text(value, indexed_bytes_max); }

void CopyData::long_text(std::string_view value) { text(value, static_cast<std::size_t>(-1)); }

void CopyData::optional_text(std::string_view value) { value.empty() ? null() : text(value); }

std::string_view CopyData::finish() {
  data_.append(2, '\xff');
  return data_;
}

void add_event(CopyData& data, const EventRow& row, Timestamp occurred) {
  data.begin_row(event_columns_count);
  data.bytes({reinterpret_cast<const char*>(row.event_id.bytes.data()), row.event_id.bytes.size()});
  data.number64(occurred.ms);
  data.number64(row.received.ms);
  data.number16(static_cast<std::int16_t>(row.level));
  for (std::string_view value : {row.service, row.environment, row.release, row.message}) data.text(value);
  for (std::string_view value : {row.error_type, row.error_message, row.component, row.route, row.session_id,
                                 row.user_id, row.trace_id, row.request_id}) {
    data.optional_text(value);
  }
  row.fingerprint ? data.number64(std::bit_cast<std::int64_t>(*row.fingerprint)) : data.null();
  data.number64(row.occurrences);
  data.number16(static_cast<std::int16_t>(row.severity));
  data.number16(static_cast<std::int16_t>(row.error_kind));
  for (std::string_view value : {row.error_code, row.page, row.action}) data.optional_text(value);
  for (bool value : {row.user_blocked, row.recovery_attempted, row.recovered}) data.flag(value);
  data.long_text(row.body);
}

void add_user_counts(CopyData& data, std::int64_t at, std::string_view users) {
  data.begin_row(3);
  data.number32(static_cast<std::int32_t>(at * minute_ms / day_ms));
  data.number64(at);
  data.bytes(users);
}

void add_user_set(CopyData& data, std::int64_t day, std::int64_t fingerprint, std::string_view users) {
  data.begin_row(3);
  data.number32(static_cast<std::int32_t>(day));
  data.number64(fingerprint);
  data.bytes(users);
}

std::string events_copy_sql(const std::string& table) { return copy_sql(table, event_columns); }

std::string user_counts_copy_sql(std::int64_t day) {
  return copy_sql("user_counts_" + std::to_string(day), "day, at, users");
}

std::string user_sets_copy_sql(std::int64_t day) {
  return copy_sql("user_sets_" + std::to_string(day), "day, fingerprint, users");
}

}  // namespace mayday::origin::postgres
