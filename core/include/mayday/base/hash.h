#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mayday {

/// Spreads every input bit over the whole word (the finalizer of MurmurHash3).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51'afd7'ed55'8ccd;
  x = (x ^ (x >> 33)) * 0xc4ce'b9fe'1a85'ec53;
  return x ^ (x >> 33);
}

/// 64 bits over `text`, eight bytes a step, little-endian wherever it runs. Not against an adversary: a table that one can
/// reach mixes in a secret seed. Stored fingerprints are made of it: it never changes.
inline std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed = 0) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t multiplier = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t hash = seed ^ (text.size() * multiplier);
  const auto step = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * multiplier;
    hash ^= hash >> 32;
  };
  std::uint64_t word = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    step(word);
  }
  if (!text.empty()) {
    word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) word |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
    step(word);
  }
  return mix(hash);
}

}  // namespace mayday
