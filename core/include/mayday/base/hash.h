#pragma once

#include <cstdint>
#include <string_view>

namespace mayday {

/// FNV-1a, 64 bit (draft-eastlake-fnv). Not against an adversary: a table that one can reach mixes in a secret seed.
struct Fnv1a {
  std::uint64_t value = 0xcbf2'9ce4'8422'2325;

  constexpr void add(char c) { value = (value ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01b3; }
  constexpr void add(std::string_view text) {
    for (char c : text) add(c);
  }
};

/// Spreads every input bit over the whole word (the finalizer of MurmurHash3).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51'afd7'ed55'8ccd;
  x = (x ^ (x >> 33)) * 0xc4ce'b9fe'1a85'ec53;
  return x ^ (x >> 33);
}

}  // namespace mayday
