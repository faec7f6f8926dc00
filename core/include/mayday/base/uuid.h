#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mayday/base/random.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// 128 bits in network order.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const Uuid&) const = default;
};

inline constexpr std::size_t uuid_chars = 36;

/// A version 7 UUID (RFC 9562, section 5.7): 48 bits of `now`, 74 random bits.
Uuid make_uuid(Timestamp now, Random& random);

/// Reads the 36-character form in either case; every version and variant is taken.
std::optional<Uuid> parse_uuid(std::string_view text);

/// Writes a UUID of 36 characters in lower case to `out`, which has room for them; false where `text` is none, and then
/// nothing is written.
bool lower_uuid(std::string_view text, char* out);

/// Writes exactly `uuid_chars` lower-case bytes.
void format_uuid(const Uuid& uuid, char* out);

/// Writes 16 lower-case hex digits.
void format_hex(std::uint64_t value, char* out);

}  // namespace mayday
