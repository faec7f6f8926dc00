#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/store/event_batch.h"
#include "origin/store/tally.h"

namespace mayday::origin::postgres {

/// The columns of `events` that `add_event` writes, in its order.
extern const std::string_view event_columns;

/// Rows in COPY's binary format: each is begun with the number of its columns, and then each of them follows by its type.
class CopyData {
 public:
  CopyData();

  void begin_row(std::int16_t columns);
  void number16(std::int16_t value);
  void number32(std::int32_t value);
  void number64(std::int64_t value);
  void bytes(std::string_view value);
  /// Cut where it is longer than an index takes.
  void text(std::string_view value);
  void long_text(std::string_view value);
  /// NULL where it is empty; else as `text`.
  void optional_text(std::string_view value);
  void flag(bool value);
  void null();

  void reserve(std::size_t bytes) { data_.reserve(bytes); }

  /// All of it; nothing may be added any more.
  std::string_view finish();

 private:
  void big_endian(std::uint64_t value, std::size_t bytes);
  void text(std::string_view value, std::size_t bytes_max);

  std::string data_;
};

/// `occurred` is where the event stands, which may differ from the row's own.
void add_event(CopyData& data, const EventRow& row, Timestamp occurred);
void add_user_counts(CopyData& data, std::int64_t at, std::string_view users);
void add_user_set(CopyData& data, std::int64_t day, std::int64_t fingerprint, std::string_view users);

/// A COPY statement for a partition of `events`, or a table that has its columns.
std::string events_copy_sql(const std::string& table);
/// COPY statements for the day's partitions.
std::string user_counts_copy_sql(std::int64_t day);
std::string user_sets_copy_sql(std::int64_t day);

}  // namespace mayday::origin::postgres
