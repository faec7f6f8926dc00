#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSSE3__)
#include <tmmintrin.h>
#endif

/// The one place where the platform shows: 16 bytes at a time where the target has SIMD, else one by one with the
/// same answers (tests/core/bytes_test.cpp holds them against each other).
namespace mayday::bytes {

inline constexpr std::size_t block_bytes = 16;

/// True for what can't stand inside a JSON string as it is: `"`, `\`, controls; for DEL, which we escape too; and for
/// bytes past ASCII, which must be checked as UTF-8.
constexpr bool is_string_special(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\';
}

/// The same for a byte outside of strings: anything but space, tab, line feed and carriage return.
constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// A bit for each of the 16 bytes at `at` that is special, the first byte lowest.
inline std::uint32_t string_special_mask(const char* at) {
#if defined(__wasm_simd128__)
  const v128_t block = wasm_v128_load(at);
  const v128_t quote = wasm_i8x16_eq(block, wasm_i8x16_splat('"'));
  const v128_t escape = wasm_i8x16_eq(block, wasm_i8x16_splat('\\'));
  // Signed: bytes past ASCII are negative, so one comparison finds them and the controls.
  const v128_t outside = wasm_i8x16_lt(block, wasm_i8x16_splat(0x20));
  const v128_t del = wasm_i8x16_eq(block, wasm_i8x16_splat(0x7f));
  return wasm_i8x16_bitmask(wasm_v128_or(wasm_v128_or(quote, escape), wasm_v128_or(outside, del)));
#elif defined(__SSSE3__)
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i escape = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  const __m128i outside = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
  const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
  const __m128i special = _mm_or_si128(_mm_or_si128(quote, escape), _mm_or_si128(outside, del));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(special));
#else
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) mask |= std::uint32_t{is_string_special(at[i])} << i;
  return mask;
#endif
}

/// The first special byte in [at, end), or `end`. Reads nothing past `end`.
inline const char* find_string_special(const char* at, const char* end) {
  for (; static_cast<std::size_t>(end - at) >= block_bytes; at += block_bytes) {
    if (const std::uint32_t mask = string_special_mask(at)) return at + std::countr_zero(mask);
  }
  while (at != end && !is_string_special(*at)) ++at;
  return at;
}

/// A bit for each of the 16 bytes at `at` that is `c`, the first byte lowest.
inline std::uint32_t equal_mask(const char* at, char c) {
#if defined(__wasm_simd128__)
  return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(at), wasm_i8x16_splat(c)));
#elif defined(__SSSE3__)
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c))));
#else
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) mask |= std::uint32_t{at[i] == c} << i;
  return mask;
#endif
}

/// The first of `wanted` in [at, end), or `end`. What is before `readable_end` may be read.
template <typename... Char>
const char* find(const char* at, const char* end, const char* readable_end, Char... wanted) {
  for (; at < end && static_cast<std::size_t>(readable_end - at) >= block_bytes; at += block_bytes) {
    if (const std::uint32_t mask = (equal_mask(at, wanted) | ...)) {
      const char* found = at + std::countr_zero(mask);
      return found < end ? found : end;
    }
  }
  while (at < end && ((*at != wanted) && ...)) ++at;
  return at < end ? at : end;
}

/// Behind the last `c` in [begin, end), or `begin`.
inline const char* find_behind_last(const char* begin, const char* end, char c) {
  for (; static_cast<std::size_t>(end - begin) >= block_bytes; end -= block_bytes) {
    if (const std::uint32_t mask = equal_mask(end - block_bytes, c)) {
      return end - block_bytes + std::bit_width(mask);
    }
  }
  while (end != begin && end[-1] != c) --end;
  return end;
}

/// What the bytes of a text are, a bit each: letters, digits and `_`; digits; hex digits.
struct WordMasks {
  std::uint64_t word = 0, digit = 0, hex = 0;
};

/// The masks of the 16 bytes at `at`.
inline WordMasks word_masks(const char* at) {
#if defined(__wasm_simd128__)
  const v128_t block = wasm_v128_load(at);
  const v128_t folded = wasm_v128_or(block, wasm_i8x16_splat(0x20));
  const v128_t digit = wasm_u8x16_lt(wasm_i8x16_sub(block, wasm_i8x16_splat('0')), wasm_i8x16_splat(10));
  const v128_t from_a = wasm_i8x16_sub(folded, wasm_i8x16_splat('a'));
  const v128_t letter = wasm_u8x16_lt(from_a, wasm_i8x16_splat(26));
  const v128_t hex = wasm_v128_or(digit, wasm_u8x16_lt(from_a, wasm_i8x16_splat(6)));
  const v128_t low_line = wasm_i8x16_eq(block, wasm_i8x16_splat('_'));
  return {.word = wasm_i8x16_bitmask(wasm_v128_or(wasm_v128_or(digit, letter), low_line)),
          .digit = wasm_i8x16_bitmask(digit),
          .hex = wasm_i8x16_bitmask(hex)};
#elif defined(__SSSE3__)
  // Unsigned comparison: x < n where min(x, n - 1) is x.
  const auto below = [](__m128i x, char n) {
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(static_cast<char>(n - 1))), x);
  };
  const auto mask = [](__m128i x) { return static_cast<std::uint64_t>(_mm_movemask_epi8(x)); };
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i digit = below(_mm_sub_epi8(block, _mm_set1_epi8('0')), 10);
  const __m128i from_a = _mm_sub_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  const __m128i low_line = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
  return {.word = mask(_mm_or_si128(_mm_or_si128(digit, below(from_a, 26)), low_line)),
          .digit = mask(digit),
          .hex = mask(_mm_or_si128(digit, below(from_a, 6)))};
#else
  WordMasks masks;
  for (std::size_t i = 0; i < block_bytes; ++i) {
    const char folded = static_cast<char>(at[i] | 0x20);
    const bool digit = at[i] >= '0' && at[i] <= '9', letter = folded >= 'a' && folded <= 'z';
    masks.word |= std::uint64_t{digit || letter || at[i] == '_'} << i;
    masks.digit |= std::uint64_t{digit} << i;
    masks.hex |= std::uint64_t{digit || (letter && folded <= 'f')} << i;
  }
  return masks;
#endif
}

/// The masks of `count` bytes, at most 64, of which those before `readable_end` may be read; the bits past them are 0.
inline WordMasks word_masks(const char* at, std::size_t count, const char* readable_end) {
  WordMasks masks;
  const auto add = [&masks](const WordMasks& block, std::size_t place) {
    masks.word |= block.word << place;
    masks.digit |= block.digit << place;
    masks.hex |= block.hex << place;
  };
  for (std::size_t done = 0; done < count; done += block_bytes) {
    if (static_cast<std::size_t>(readable_end - at) >= done + block_bytes) {
      add(word_masks(at + done), done);
    } else {
      std::array<char, block_bytes> padded{};
      std::memcpy(padded.data(), at + done, count - done);
      add(word_masks(padded.data()), done);
    }
  }
  const std::uint64_t counted = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  return {.word = masks.word & counted, .digit = masks.digit & counted, .hex = masks.hex & counted};
}

/// Copies `count` bytes between places that do not overlap. For the short texts of an event this is several times as fast as
/// `memcpy`, which WebAssembly engines call out for.
inline void copy(char* to, const char* from, std::size_t count) {
#if defined(__EMSCRIPTEN__)
  const bool short_enough = false;  // The page's module is small before it is fast.
#else
  const bool short_enough = count <= 256;
#endif
  if (!short_enough) {
    std::memcpy(to, from, count);
  } else if (count >= 16) {
    // The last block overlaps the one before it instead of reading past the end.
    for (std::size_t at = 0; at + 16 < count; at += 16) std::memcpy(to + at, from + at, 16);
    std::memcpy(to + count - 16, from + count - 16, 16);
  } else if (count >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + count - 8, from + count - 8, 8);
  } else if (count >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + count - 4, from + count - 4, 4);
  } else {
    for (std::size_t at = 0; at < count; ++at) to[at] = from[at];
  }
}

/// `memcmp(a, b, count) == 0`, for texts as short as names.
inline bool equal(const char* a, const char* b, std::size_t count) {
  const auto differ = [&](std::size_t at, auto word) {
    auto other = word;
    std::memcpy(&word, a + at, sizeof word);
    std::memcpy(&other, b + at, sizeof other);
    return word != other;
  };
  if (count >= 8) {
    for (std::size_t at = 0; at + 8 < count; at += 8) {
      if (differ(at, std::uint64_t{})) return false;
    }
    return !differ(count - 8, std::uint64_t{});
  }
  if (count >= 4) return !differ(0, std::uint32_t{}) && !differ(count - 4, std::uint32_t{});
  for (std::size_t at = 0; at < count; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

/// Up to eight sets of bytes, each a product of nibbles: a set's bit stands in `low[b & 15]` and in `high[b >> 4]` of a byte
/// `b` that is in it. A byte in a set of `pairs` counts only where the byte before it is in that set too.
struct PairSets {
  std::array<std::uint8_t, 16> low{};
  std::array<std::uint8_t, 16> high{};
  std::uint8_t pairs = 0;

  constexpr std::uint8_t of(char c) const {
    return low[static_cast<std::uint8_t>(c) & 15] & high[static_cast<std::uint8_t>(c) >> 4];
  }
};

/// Looks through a text for bytes of the sets, a block after the other from its start: a third of what `TripleScan` does, where
/// one byte or two tell enough.
class PairScan {
 public:
  explicit PairScan(const PairSets& sets) : sets_(sets) {}

  /// A bit for each of the 16 bytes of the next block, at `at`, that counts.
  std::uint32_t next(const char* at) {
#if defined(__wasm_simd128__)
    const v128_t block = wasm_v128_load(at);
    const v128_t low = wasm_i8x16_swizzle(wasm_v128_load(sets_.low.data()), wasm_v128_and(block, wasm_i8x16_splat(15)));
    const v128_t high = wasm_i8x16_swizzle(wasm_v128_load(sets_.high.data()), wasm_u8x16_shr(block, 4));
    const v128_t found = wasm_v128_and(low, high);
    const v128_t before =
        wasm_i8x16_shuffle(before_, found, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    before_ = found;
    const v128_t alone = wasm_i8x16_splat(static_cast<std::int8_t>(~sets_.pairs));
    const v128_t counted = wasm_v128_and(found, wasm_v128_or(before, alone));
    return ~static_cast<std::uint32_t>(wasm_i8x16_bitmask(wasm_i8x16_eq(counted, wasm_i8x16_splat(0)))) & 0xffff;
#elif defined(__SSSE3__)
    const auto table = [](const std::array<std::uint8_t, 16>& bits) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.data()));
    };
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_shuffle_epi8(table(sets_.low), _mm_and_si128(block, _mm_set1_epi8(15)));
    const __m128i high =
        _mm_shuffle_epi8(table(sets_.high), _mm_and_si128(_mm_srli_epi16(block, 4), _mm_set1_epi8(15)));
    const __m128i found = _mm_and_si128(low, high);
    const __m128i before = _mm_alignr_epi8(found, before_, 15);
    before_ = found;
    const __m128i alone = _mm_set1_epi8(static_cast<char>(~sets_.pairs));
    const __m128i counted = _mm_and_si128(found, _mm_or_si128(before, alone));
    return ~static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(counted, _mm_setzero_si128()))) & 0xffff;
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) {
      const std::uint8_t found = sets_.of(at[i]);
      mask |= std::uint32_t{(found & (before_ | ~sets_.pairs)) != 0} << i;
      before_ = found;
    }
    return mask;
#endif
  }

 private:
  const PairSets& sets_;
#if defined(__wasm_simd128__)
  v128_t before_ = wasm_i8x16_splat(0);
#elif defined(__SSSE3__)
  __m128i before_ = _mm_setzero_si128();
#else
  std::uint8_t before_ = 0;
#endif
};

/// Up to eight sets of three bytes in a row, each a product of byte classes, looked up by the bytes' nibbles: a set's bit
/// stands in `low[i][b & 15]` and in `high[i][b >> 4]` where byte `i` may be `b`. A class that is no product of nibbles is
/// widened to one: a hit is a candidate, never a verdict. (The idea is Teddy's, of Hyperscan: Wang et al., NSDI 2019.)
struct TripleSets {
  std::array<std::array<std::uint8_t, 16>, 3> low{};
  std::array<std::array<std::uint8_t, 16>, 3> high{};
};

/// True if the byte at `at`, with the two behind it, is in one of the sets; what is past `end` counts as zeros.
inline bool is_triple(const char* at, const char* end, const TripleSets& sets) {
  std::uint32_t found = 0xff;
  for (std::size_t i = 0; i < 3 && found != 0; ++i) {
    const auto byte = static_cast<std::uint8_t>(static_cast<std::size_t>(end - at) > i ? at[i] : '\0');
    found &= std::uint32_t{sets.low[i][byte & 15]} & sets.high[i][byte >> 4];
  }
  return found != 0;
}

/// Looks through a text for triples, a block after the other from its start.
class TripleScan {
 public:
  explicit TripleScan(const TripleSets& sets) : sets_(sets) {}

  /// A bit for each of the 16 bytes of the next block, at `at`, where a triple *ends*: it began two bytes before.
  std::uint32_t next(const char* at) {
#if defined(__wasm_simd128__)
    const v128_t block = wasm_v128_load(at);
    const v128_t low = wasm_v128_and(block, wasm_i8x16_splat(15));
    const v128_t high = wasm_v128_and(wasm_u16x8_shr(block, 4), wasm_i8x16_splat(15));
    const auto look_up = [&](std::size_t i) {
      return wasm_v128_and(wasm_i8x16_swizzle(wasm_v128_load(sets_.low[i].data()), low),
                           wasm_i8x16_swizzle(wasm_v128_load(sets_.high[i].data()), high));
    };
    const v128_t first = look_up(0), second = look_up(1), third = look_up(2);
    // The bytes two and one before those of the block.
    const v128_t firsts =
        wasm_i8x16_shuffle(first_, first, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const v128_t seconds =
        wasm_i8x16_shuffle(second_, second, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    first_ = first;
    second_ = second;
    const v128_t found = wasm_v128_and(wasm_v128_and(firsts, seconds), third);
    return ~static_cast<std::uint32_t>(wasm_i8x16_bitmask(wasm_i8x16_eq(found, wasm_i8x16_splat(0)))) & 0xffff;
#elif defined(__SSSE3__)
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_and_si128(block, _mm_set1_epi8(15));
    const __m128i high = _mm_and_si128(_mm_srli_epi16(block, 4), _mm_set1_epi8(15));
    const auto look_up = [&](std::size_t i) {
      const auto table = [](const std::array<std::uint8_t, 16>& bits) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bits.data()));
      };
      return _mm_and_si128(_mm_shuffle_epi8(table(sets_.low[i]), low), _mm_shuffle_epi8(table(sets_.high[i]), high));
    };
    const __m128i first = look_up(0), second = look_up(1), third = look_up(2);
    // The bytes two and one before those of the block.
    const __m128i firsts = _mm_alignr_epi8(first, first_, 14), seconds = _mm_alignr_epi8(second, second_, 15);
    first_ = first;
    second_ = second;
    const __m128i found = _mm_and_si128(_mm_and_si128(firsts, seconds), third);
    return ~static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_setzero_si128()))) & 0xffff;
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) {
      const auto byte = static_cast<std::uint8_t>(at[i]);
      std::array<std::uint8_t, 3> sets{};
      for (std::size_t k = 0; k < 3; ++k) sets[k] = sets_.low[k][byte & 15] & sets_.high[k][byte >> 4];
      mask |= std::uint32_t{(first_ & second_ & sets[2]) != 0} << i;
      first_ = before_;
      before_ = sets[0];
      second_ = sets[1];
    }
    return mask;
#endif
  }

 private:
  const TripleSets& sets_;
#if defined(__wasm_simd128__)
  v128_t first_ = wasm_i8x16_splat(0), second_ = wasm_i8x16_splat(0);
#elif defined(__SSSE3__)
  __m128i first_ = _mm_setzero_si128(), second_ = _mm_setzero_si128();
#else
  std::uint8_t first_ = 0, before_ = 0, second_ = 0;
#endif
};

}  // namespace mayday::bytes
