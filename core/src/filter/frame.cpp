#include "frame.h"

#include <bit>
#include <cstdint>

#include "mayday/base/bytes.h"

namespace mayday {
namespace {

/// Where a text stops to be a plain frame. All that redaction's sets for frames (redact.cpp) begin with, and all that can't
/// stand in a JSON string as it is: so the first found is the quote behind it, or the line is not plain.
constexpr bytes::PairSets signs = [] {
  bytes::PairSets sets;
  std::uint8_t bit = 1;
  const auto add = [&](std::initializer_list<int> low, std::initializer_list<int> high) {
    for (const int nibble : low) sets.low[static_cast<std::size_t>(nibble)] |= bit;
    for (const int nibble : high) sets.high[static_cast<std::size_t>(nibble)] |= bit;
    bit = static_cast<std::uint8_t>(bit << 1);
  };
  add({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {0, 1, 8, 9, 10, 11, 12, 13, 14, 15});
  add({2, 3, 5}, {2});   // `"` `#` `%`
  add({15}, {3, 5, 7});  // `?` `_` DEL
  add({0, 10}, {4});     // `@`; `J`, of a web token's `eyJ`
  add({12}, {5});        // `\\`
  sets.pairs = static_cast<std::uint8_t>(bit | bit << 1);
  add({13}, {2});                           // `--`
  add({1, 2, 3, 4, 5, 9, 11, 12}, {4, 5});  // What makers' keys begin with: two of `ABCDEIKLST`.
  return sets;
}();

constexpr std::size_t window_bytes = 64;

}  // namespace

const char* find_frame_end(const char* begin, const char* text_end) {
  bytes::PairScan scan(signs);
  const char* at = begin;
  std::uint32_t found = 0;
  for (; found == 0; at += bytes::block_bytes) {
    if (static_cast<std::size_t>(text_end - at) < bytes::block_bytes) return nullptr;
    found = scan.next(at);
  }
  const char* end = at - bytes::block_bytes + std::countr_zero(found);
  if (*end != '"' || end == begin || end[-1] == ' ') return nullptr;
  while (*begin == ' ') ++begin;
  return end - begin > 3 && begin[0] == 'a' && begin[1] == 't' && begin[2] == ' ' ? end : nullptr;
}

/// Its file stands in its last 64 bytes, or it is none that is read here.
Frame frame_of_plain(const char* begin, const char* end, std::size_t before) {
  while (*begin == ' ') ++begin;
  begin += 3;
  const char* open = begin;
  while (open != end && *open != '(') ++open;
  const char* location = open == end || open == begin ? begin : open + 1;
  const auto length = static_cast<std::size_t>(end - location);
  if (open == begin || length == 0 || static_cast<std::size_t>(end - begin) + before < window_bytes) return {};
  const char* window = end - window_bytes;
  std::uint64_t slashes = 0, ends = 0;
  for (std::size_t at = 0; at < window_bytes; at += bytes::block_bytes) {
    const char* block = window + at;
    slashes |= std::uint64_t{bytes::equal_mask(block, '/')} << at;
    ends |= std::uint64_t{bytes::equal_mask(block, ':') | bytes::equal_mask(block, ')')} << at;
  }
  if (length < window_bytes) slashes &= ~std::uint64_t{0} << (window_bytes - length);
  if (slashes == 0) return {};
  const char* file = window + std::bit_width(slashes);
  ends = file < end ? ends >> std::bit_width(slashes) : 0;
  const char* file_end = ends == 0 ? end : file + std::countr_zero(ends);
  const std::string_view function =
      open == end ? std::string_view() : std::string_view(begin, static_cast<std::size_t>(open - 1 - begin));
  return {function, {file, static_cast<std::size_t>(file_end - file)}};
}

}  // namespace mayday
