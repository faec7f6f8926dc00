#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "origin/store/place.h"

namespace mayday::origin::postgres {

/// The table that COPY fills; `ON COMMIT DELETE ROWS` empties it.
extern const char* const staging_sql;
/// Reads what `CopyData` holds.
extern const char* const copy_sql;
/// The columns of `events` that come from staging, as they are called in both.
extern const std::string_view event_columns;

/// Rows in COPY's binary format.
class CopyData {
 public:
  CopyData();

  void add(const EventRow& row, const Place& place);

  /// All of it; nothing may be added any more.
  std::string_view finish();

 private:
  void size(std::size_t bytes);
  void number16(std::int16_t value);
  void number32(std::int32_t value);
  void number64(std::int64_t value);
  void text(std::string_view value);
  void optional_text(std::string_view value);
  void optional_day(std::int64_t day);
  void flag(bool value);
  void null();

  std::string data_;
  std::int32_t position_ = 0;
};

}  // namespace mayday::origin::postgres
