#pragma once

#include <cstdint>
#include <string_view>

#include "mayday/base/assert.h"
#include "mayday/base/buffer.h"

namespace mayday::json {

/// Appends `text` with everything escaped that could forge a line, hide text or drive a terminal: `"`, `\`, C0 and C1
/// controls, DEL, line and paragraph separators, bidirectional controls (UAX 9) and the BOM. `text` is well-formed
/// UTF-8; so is what is written. Without the quotes around it.
void append_escaped(Buffer& out, std::string_view text);

/// The same between quotes.
void append_string(Buffer& out, std::string_view text);
/// The same for a text in which nothing has to be escaped.
void append_plain_string(Buffer& out, std::string_view text);

void append_integer(Buffer& out, std::int64_t value);

/// Writes the members of one object, commas included, into a buffer that it does not own.
class ObjectWriter {
 public:
  explicit ObjectWriter(Buffer& out) : out_(out) { out_.append('{'); }

  /// Writes `"name":`; the value is the caller's to write. `name` needs no escaping.
  Buffer& member(std::string_view name);
  void string(std::string_view name, std::string_view text) { append_string(member(name), text); }
  void integer(std::string_view name, std::int64_t value) { append_integer(member(name), value); }
  void close() { out_.append('}'); }
  bool empty() const { return empty_; }

 private:
  Buffer& out_;
  bool empty_ = true;
};

}  // namespace mayday::json
