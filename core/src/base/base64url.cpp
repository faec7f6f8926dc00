#include "mayday/base/base64url.h"

#include <cstdint>

namespace mayday {
namespace {

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

}  // namespace

bool decode_base64url(std::string_view text, Buffer& out) {
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char c : text) {
    const int value = value_of(c);
    if (value < 0) return false;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.append(static_cast<char>(bits >> count & 0xff));
  }
  return count < 6 && (bits & ((1u << count) - 1)) == 0;
}

}  // namespace mayday
