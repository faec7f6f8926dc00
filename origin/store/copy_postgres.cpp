#include "origin/store/copy_postgres.h"

#include <bit>

#include "origin/sql/postgres_connection.h"

namespace mayday::origin::postgres {
namespace {

/// An index entry may have 2,704 bytes: what is longer in a column that has an index is cut. `body` has it whole.
constexpr std::size_t indexed_bytes_max = 1'000;

constexpr char columns_count = 27;

}  // namespace

const std::string_view event_columns =
    "event_id, occurred_ms, received_ms, level, service, environment, release, message, error_type, error_message,"
    " component, route, session_id, user_id, trace_id, request_id, fingerprint, occurrences, severity, error_kind,"
    " error_code, page, action, user_blocked, recovery_attempted, recovered, body";

CopyData::CopyData() {
  data_ = std::string_view("PGCOPY\n\377\r\n\0", 11);
  data_.append(8, '\0');  // No flags, no extension.
}

void CopyData::add(const EventRow& row, Timestamp occurred) {
  data_ += '\0';
  data_ += columns_count;
  size(row.event_id.bytes.size());
  data_.append(reinterpret_cast<const char*>(row.event_id.bytes.data()), row.event_id.bytes.size());
  number64(occurred.ms);
  number64(row.received.ms);
  number16(static_cast<std::int16_t>(row.level));
  for (std::string_view value : {row.service, row.environment, row.release, row.message})
    text(value, indexed_bytes_max);
  for (std::string_view value : {row.error_type, row.error_message, row.component, row.route, row.session_id,
                                 row.user_id, row.trace_id, row.request_id}) {
    optional_text(value);
  }
  row.fingerprint ? number64(std::bit_cast<std::int64_t>(*row.fingerprint)) : null();
  number64(row.occurrences);
  number16(static_cast<std::int16_t>(row.severity));
  number16(static_cast<std::int16_t>(row.error_kind));
  for (std::string_view value : {row.error_code, row.page, row.action}) optional_text(value);
  for (bool value : {row.user_blocked, row.recovery_attempted, row.recovered}) flag(value);
  text(row.body, static_cast<std::size_t>(-1));
}

std::string_view CopyData::finish() {
  data_.append(2, '\xff');
  return data_;
}

void CopyData::null() { data_.append(4, '\xff'); }

void CopyData::number16(std::int16_t value) {
  const auto bits = static_cast<std::uint16_t>(value);
  data_.append({0, 0, 0, 2, static_cast<char>(bits >> 8), static_cast<char>(bits & 0xff)});
}

void CopyData::size(std::size_t bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) data_ += static_cast<char>(bytes >> shift);
}

void CopyData::number64(std::int64_t value) {
  data_.append({0, 0, 0, 8});
  for (int shift = 56; shift >= 0; shift -= 8) data_ += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
}

void CopyData::flag(bool value) { data_.append({0, 0, 0, 1, static_cast<char>(value)}); }

void CopyData::text(std::string_view value, std::size_t bytes_max) {
  if (value.size() <= bytes_max && is_clean_text(value)) {
    size(value.size());
    data_ += value;
    return;
  }
  const std::string clean = clean_text(value, bytes_max);
  size(clean.size());
  data_ += clean;
}

void CopyData::optional_text(std::string_view value) { value.empty() ? null() : text(value, indexed_bytes_max); }

}  // namespace mayday::origin::postgres
