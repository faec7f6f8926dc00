#include "mayday/base/utf8.h"

namespace mayday::utf8 {
namespace {

/// The lead byte's part of the answer: the sequence's length and the range its second byte must be in.
struct Lead {
  std::size_t length;
  std::uint8_t second_min, second_max;
};

constexpr Lead lead_of(std::uint8_t byte) {
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};  // Shorter forms exist below.
  if (byte == 0xed) return {3, 0x80, 0x9f};  // Surrogates above.
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};  // Past U+10FFFF above.
  return {0, 0, 0};
}

}  // namespace

std::size_t decode(const char* at, const char* end, char32_t& code_point) {
  if (at == end) return 0;
  const auto first = static_cast<std::uint8_t>(*at);
  if (first < 0x80) {
    code_point = first;
    return 1;
  }
  const Lead lead = lead_of(first);
  if (lead.length == 0 || static_cast<std::size_t>(end - at) < lead.length) return 0;
  const auto second = static_cast<std::uint8_t>(at[1]);
  if (second < lead.second_min || second > lead.second_max) return 0;
  char32_t value = first & (0xff >> (lead.length + 1));
  value = value << 6 | (second & 0x3f);
  for (std::size_t i = 2; i < lead.length; ++i) {
    const auto byte = static_cast<std::uint8_t>(at[i]);
    if ((byte & 0xc0) != 0x80) return 0;
    value = value << 6 | (byte & 0x3f);
  }
  code_point = value;
  return lead.length;
}

bool is_well_formed(std::string_view text) {
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    char32_t code_point = 0;
    const std::size_t length = decode(at, end, code_point);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::size_t encode(char32_t code_point, char* out) {
  if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) code_point = 0xfffd;
  if (code_point < 0x80) {
    out[0] = static_cast<char>(code_point);
    return 1;
  }
  const std::size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
  for (std::size_t i = length - 1; i > 0; --i, code_point >>= 6) out[i] = static_cast<char>(0x80 | (code_point & 0x3f));
  out[0] = static_cast<char>((0xf00 >> length) | code_point);
  return length;
}

std::string_view prefix(std::string_view text, std::size_t code_points_max) {
  if (text.size() <= code_points_max) return text;
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<std::uint8_t>(text[at]) & 0xc0) != 0x80;
    if (begins && count++ == code_points_max) break;
  }
  return text.substr(0, at);
}

}  // namespace mayday::utf8
