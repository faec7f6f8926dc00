#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
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
#elif defined(__SSE2__)
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

}  // namespace mayday::bytes
