#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "pattern.h"

/// Patterns for who looks for some kinds of secrets alone: the same patterns, without the alternatives that end in another kind.
namespace mayday::redaction {

/// A bit for each of `kind_names`.
using Kinds = std::uint32_t;

consteval Kinds kinds_of(std::initializer_list<std::string_view> names) {
  Kinds kinds = 0;
  for (const std::string_view name : names) {
    std::size_t kind = 0;
    while (kind_names[kind] != name) ++kind;
    kinds |= Kinds{1} << kind;
  }
  return kinds;
}

/// Copies a pattern's code element by element.
class Selection {
 public:
  consteval Selection(const std::uint8_t* code, Kinds kinds) : kinds_(kinds) { element(code); }

  std::array<std::uint8_t, Compiler::bytes_max> bytes{};
  std::size_t size = 0;

 private:
  /// True if what stands from `at` to `end` finds nothing but another kind.
  constexpr bool is_foreign(const std::uint8_t* at, const std::uint8_t* end) const {
    while (at < end) {
      if (*at == code::call && at[1] >= code::first_kind && (kinds_ >> (at[1] - code::first_kind) & 1) == 0)
        return true;
      if (*at == code::group && is_foreign_group(at)) return true;
      at = code::behind(at);
    }
    return false;
  }

  constexpr bool is_foreign_group(const std::uint8_t* at) const {
    const std::uint8_t* end = code::skip(++at);
    while (at < end) {
      const std::uint8_t* next = code::skip(at);
      if (!is_foreign(at, next)) return false;
      at = next;
    }
    return true;
  }

  constexpr void element(const std::uint8_t* at) {
    const std::uint8_t* end = code::behind(at);
    // What stands before an element belongs to it: how often, whether, which way.
    while (*at == code::repeat || *at == code::negate || *at == code::peek || *at == code::back) {
      for (std::size_t i = *at == code::repeat ? 3 : 1; i > 0; --i) bytes[size++] = *at++;
    }
    if (*at != code::group) {
      while (at < end) bytes[size++] = *at++;
      return;
    }
    bytes[size++] = *at++;
    end = code::skip(at);
    const std::size_t group = size;
    while (at < end) {
      const std::uint8_t* next = code::skip(at);
      const std::size_t start = size;
      if (!is_foreign(at, next)) {
        for (; at < next; at = code::behind(at)) element(at);
        put_length(start);
      }
      at = next;
    }
    put_length(group);
  }

  constexpr void put_length(std::size_t start) {
    const std::size_t length = size - start;
    const bool is_long = length >= code::long_length;
    for (std::size_t i = size; i > start; --i) bytes[i + is_long] = bytes[i - 1];
    size += is_long ? 2 : 1;
    bytes[start] = static_cast<std::uint8_t>(is_long ? code::long_length + (length >> 8) : length);
    if (is_long) bytes[start + 1] = static_cast<std::uint8_t>(length & 255);
  }

  Kinds kinds_;
};

/// The code of `whole` for `kinds`, exactly as long as it is.
template <const auto& whole, Kinds kinds>
inline constexpr auto selected = [] {
  constexpr std::size_t size = Selection(whole.data(), kinds).size;
  std::array<std::uint8_t, size> result{};
  const Selection selection(whole.data(), kinds);
  for (std::size_t i = 0; i < size; ++i) result[i] = selection.bytes[i];
  return result;
}();

}  // namespace mayday::redaction
