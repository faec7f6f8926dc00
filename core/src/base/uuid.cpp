#include "mayday/base/uuid.h"

#include "mayday/base/bytes.h"

namespace mayday {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

Uuid make_uuid(Timestamp now, Random& random) {
  Uuid uuid;
  const auto ms = static_cast<std::uint64_t>(now.ms);
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (high & 0x0f));
  uuid.bytes[7] = static_cast<std::uint8_t>(high >> 8);
  for (std::size_t i = 8; i < 16; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(low >> (8 * (i - 8)));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (uuid.bytes[8] & 0x3f));
  return uuid;
}

bool lower_uuid(std::string_view text, char* out) {
  // A bit for each place that is a dash: 8, 13, 18 and 23.
  constexpr std::uint64_t dashes = 1u << 8 | 1u << 13 | 1u << 18 | 1u << 23;
  constexpr std::uint64_t digits = ((std::uint64_t{1} << uuid_chars) - 1) & ~dashes;
  if (text.size() != uuid_chars) return false;
  if (bytes::word_masks(text.data(), uuid_chars, text.data() + uuid_chars).hex != digits) return false;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
  // This bit makes a letter small, and stands in digits and dashes anyway.
  for (std::size_t i = 0; i < uuid_chars; ++i) out[i] = static_cast<char>(text[i] | 0x20);
  return true;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != uuid_chars) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return uuid;
}

void format_uuid(const Uuid& uuid, char* out) {
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (dash_before(i)) *out++ = '-';
    *out++ = hex_digits[uuid.bytes[i] >> 4];
    *out++ = hex_digits[uuid.bytes[i] & 15];
  }
}

void format_hex(std::uint64_t value, char* out) {
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = hex_digits[value & 15];
}

}  // namespace mayday
