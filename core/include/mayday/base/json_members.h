#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mayday/base/json_reader.h"

namespace mayday::json {

/// Goes through the members of an object that have one of a few names, and over the others:
///
///     for (Members members(reader, "key\nvalue\n"); members.next();) switch (members.index()) ...
///
/// Each value that is stopped at must be consumed. A value that is no object is skipped, and has no members.
class Members {
 public:
  /// `names` is a list (base/entries.h).
  Members(Reader& reader, std::string_view names) : reader_(reader), names_(names) {}

  bool next();
  /// Of the name in the list.
  std::size_t index() const { return index_; }

 private:
  Reader& reader_;
  std::string_view names_;
  std::size_t index_ = 0;
  bool begun_ = false;
};

/// Opens the next value if it is an array, and skips it otherwise; true if it has an element.
bool open_list(Reader& reader);

/// The text of the reader's next value, checked and passed over, to be read on its own; empty after a failure.
std::string_view take_raw(Reader& reader);

/// The same of the first member `name` of the object `text`; empty where there is none.
std::string_view raw_member(std::string_view text, std::string_view name);

/// The next value's text if it is a string, its spelling if it is a number; else it is skipped, and nothing.
std::string_view take_scalar(Reader& reader);

}  // namespace mayday::json
