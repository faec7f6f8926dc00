#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/store/event_batch.h"

namespace mayday::origin::postgres {

/// The columns of `events` that `CopyData` has, in its order.
extern const std::string_view event_columns;

/// Rows in COPY's binary format.
class CopyData {
 public:
  CopyData();

  /// `occurred` is where the event stands, which may differ from the row's own.
  void add(const EventRow& row, Timestamp occurred);

  /// All of it; nothing may be added any more.
  std::string_view finish();

 private:
  void size(std::size_t bytes);
  void number16(std::int16_t value);
  void number64(std::int64_t value);
  void text(std::string_view value, std::size_t bytes_max);
  void optional_text(std::string_view value);
  void flag(bool value);
  void null();

  std::string data_;
};

}  // namespace mayday::origin::postgres
