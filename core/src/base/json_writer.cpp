#include "mayday/base/json_writer.h"

#include "mayday/base/bytes.h"
#include "mayday/base/utf8.h"

namespace mayday::json {
namespace {

/// Invisible, or able to reorder what stands around it (UAX 9), or a line break to some reader.
bool is_dangerous(char32_t c) {
  return (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void append_unicode_escape(Buffer& out, char32_t c) {
  char* at = out.claim(6);
  at[0] = '\\', at[1] = 'u';
  for (int i = 0; i < 4; ++i) at[2 + i] = "0123456789abcdef"[c >> (12 - 4 * i) & 15];
  out.commit(6);
}

void append_special(Buffer& out, char32_t c, std::string_view spelling) {
  char letter = 0;
  switch (c) {
    case '"':
    case '\\': letter = static_cast<char>(c); break;
    case '\b': letter = 'b'; break;
    case '\f': letter = 'f'; break;
    case '\n': letter = 'n'; break;
    case '\r': letter = 'r'; break;
    case '\t': letter = 't'; break;
    default: break;
  }
  if (letter != 0) {
    out.append('\\');
    out.append(letter);
  } else if (c < 0x20 || is_dangerous(c)) {
    append_unicode_escape(out, c);
  } else {
    out.append(spelling);
  }
}

}  // namespace

void append_escaped(Buffer& out, std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    const char* special = bytes::find_string_special(at, end);
    out.append({at, static_cast<std::size_t>(special - at)});
    at = special;
    if (at == end) break;
    char32_t code_point = 0;
    const std::size_t length = utf8::decode(at, end, code_point);
    MAYDAY_ASSERT(length != 0);
    append_special(out, code_point, {at, length});
    at += length;
  }
}

void append_plain_string(Buffer& out, std::string_view text) {
  char* at = out.claim(text.size() + 2);
  at[0] = at[text.size() + 1] = '"';
  bytes::copy(at + 1, text.data(), text.size());
  out.commit(text.size() + 2);
}

void append_string(Buffer& out, std::string_view text) {
  out.append('"');
  append_escaped(out, text);
  out.append('"');
}

void append_integer(Buffer& out, std::int64_t value) {
  char digits[20];
  std::size_t at = sizeof digits;
  std::uint64_t rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  do digits[--at] = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0) out.append('-');
  out.append({digits + at, sizeof digits - at});
}

Buffer& ObjectWriter::member(std::string_view name) {
  if (!empty_) out_.append(',');
  empty_ = false;
  out_.append('"');
  out_.append(name);
  out_.append("\":");
  return out_;
}

}  // namespace mayday::json
