#include "mayday/base/inflate.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mayday {
namespace {

constexpr std::size_t code_bits_max = 15;
constexpr std::size_t end_of_block = 256;
constexpr std::size_t literal_codes_max = 286;
constexpr std::size_t distance_codes_max = 30;

/// RFC 1951, section 3.2.5: a length or distance is its base and that many bits more.
constexpr std::array<std::uint16_t, 29> length_base{3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> length_bits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                   2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr unsigned distance_bits_of(unsigned code) { return code < 2 ? 0 : code / 2 - 1; }
constexpr std::size_t distance_base_of(unsigned code) {
  return code < 2 ? code + 1 : (std::size_t{2 + code % 2} << distance_bits_of(code)) + 1;
}
static_assert(distance_base_of(29) == 24'577 && distance_bits_of(29) == 13);

/// The order in which a block tells the lengths of the code that its lengths are written in.
constexpr std::array<std::uint8_t, 19> lengths_order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/// Codes are packed from their highest bit, all else from the lowest.
constexpr std::uint32_t reversed(std::uint32_t code, unsigned bits) {
  std::uint32_t result = 0;
  for (; bits > 0; --bits, code >>= 1) result = result << 1 | (code & 1);
  return result;
}

}  // namespace

bool HuffmanCode::build(std::span<const std::uint8_t> lengths, bool sparse) {
  count_.fill(0);
  for (std::uint8_t length : lengths) ++count_[length];
  count_[0] = 0;
  std::array<std::uint16_t, 16> first{}, next{};  // The first code of a length, and where its symbols begin.
  std::int32_t left = 1;
  bool is_long = false;
  for (std::size_t length = 1; length <= code_bits_max; ++length) {
    first[length] = static_cast<std::uint16_t>((first[length - 1] + count_[length - 1]) << 1);
    next[length] = static_cast<std::uint16_t>(next[length - 1] + count_[length - 1]);
    left = left * 2 - count_[length];
    if (left < 0) return false;
    is_long = is_long || (length > 1 && count_[length] > 0);
  }
  if (left > 0 && (!sparse || is_long)) return false;
  fast_.fill(0);
  const std::array<std::uint16_t, 16> begin = next;
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const unsigned length = lengths[symbol];
    if (length == 0) continue;
    const std::uint16_t index = next[length]++;
    symbols_[index] = static_cast<std::uint16_t>(symbol);
    if (length > fast_bits) continue;
    const std::uint32_t code = reversed(first[length] + index - begin[length], length);
    const auto entry = static_cast<std::uint16_t>(symbol << 4 | length);
    for (std::size_t at = code; at < fast_.size(); at += std::size_t{1} << length) fast_[at] = entry;
  }
  return true;
}

HuffmanCode::Symbol HuffmanCode::decode(std::uint64_t bits) const {
  const std::uint16_t entry = fast_[bits % (1 << fast_bits)];
  if (entry == 0) return decode_long(bits);
  return {.value = static_cast<std::uint16_t>(entry >> 4), .bits = static_cast<std::uint16_t>(entry & 15)};
}

/// Bit by bit: codes of one length follow each other, so a code's distance from the first of them is its symbol's place.
HuffmanCode::Symbol HuffmanCode::decode_long(std::uint64_t bits) const {
  std::uint32_t code = 0, first = 0, index = 0;
  for (std::uint16_t length = 1; length <= code_bits_max; ++length, bits >>= 1) {
    code |= bits & 1;
    const std::uint32_t count = count_[length];
    if (code < first + count) return {.value = symbols_[index + (code - first)], .bits = length};
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return {};
}

/// The input as bits. `value` has `count` of them that count; what stands above is either nothing or read again later.
struct Inflater::Bits {
  const char* at;
  const char* end;
  std::uint64_t value = 0;
  unsigned count = 0;

  /// At least 56 bits, or all that there are.
  void refill() {
    static_assert(std::endian::native == std::endian::little);
    if (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      value |= word << count;
      at += (63 - count) >> 3;
      count |= 56;
      return;
    }
    for (; count <= 56 && at != end; ++at, count += 8) value |= std::uint64_t{static_cast<std::uint8_t>(*at)} << count;
  }
  void drop(unsigned bits) { value >>= bits, count -= bits; }
  /// After a `refill`: false where there are not as many.
  bool take(unsigned bits, std::uint32_t& out) {
    if (bits > count) return false;
    out = static_cast<std::uint32_t>(value & ((std::uint64_t{1} << bits) - 1));
    drop(bits);
    return true;
  }
  /// Whole bytes that were not used are the input's again.
  void align() {
    at -= count / 8;
    value = 0, count = 0;
  }
};

Result<std::size_t> Inflater::inflate(std::string_view input, std::size_t bytes_max, Buffer& out) {
  Bits bits{.at = input.data(), .end = input.data() + input.size()};
  const std::size_t start = out.size();
  std::uint32_t is_last = 0;
  while (is_last == 0) {
    std::uint32_t type = 0;
    bits.refill();
    bool fits = bits.take(1, is_last) && bits.take(2, type) && type != 3;
    if (fits && type == 1) fits = use_fixed_codes();
    if (fits && type == 2) fits = read_codes(bits);
    Block block = Block::damaged;
    if (fits) block = type == 0 ? stored(bits, bytes_max, out) : compressed(bits, start, bytes_max, out);
    const auto place = static_cast<std::uint32_t>(bits.at - input.data());
    if (block == Block::damaged) return Error{Code::invalid_json, place};
    if (block == Block::too_large) return Error{Code::payload_too_large, place};
  }
  bits.align();
  return static_cast<std::size_t>(bits.at - input.data());
}

Inflater::Block Inflater::stored(Bits& bits, std::size_t bytes_max, Buffer& out) {
  bits.align();
  if (bits.end - bits.at < 4) return Block::damaged;
  bits.refill();
  std::uint32_t length = 0, complement = 0;
  bits.take(16, length);
  bits.take(16, complement);
  bits.align();
  if (length != (complement ^ 0xffff) || static_cast<std::size_t>(bits.end - bits.at) < length) return Block::damaged;
  if (length > bytes_max - out.size()) return Block::too_large;
  out.append({bits.at, length});
  bits.at += length;
  return Block::ended;
}

bool Inflater::use_fixed_codes() {
  if (are_fixed_) return true;
  if (++tables_ > tables_max) return false;
  std::array<std::uint8_t, 288> lengths;
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  std::array<std::uint8_t, 32> distances;
  distances.fill(5);
  are_fixed_ = literals_.build(lengths, false) && distances_.build(distances, false);
  return are_fixed_;
}

/// RFC 1951, section 3.2.7: the lengths of both codes, themselves written in a code, with runs.
bool Inflater::read_codes(Bits& bits) {
  are_fixed_ = false;
  if (++tables_ > tables_max) return false;
  std::uint32_t literals = 0, distances = 0, count = 0;
  if (!bits.take(5, literals) || !bits.take(5, distances) || !bits.take(4, count)) return false;
  literals += 257, distances += 1, count += 4;
  if (literals > literal_codes_max || distances > distance_codes_max) return false;
  std::array<std::uint8_t, lengths_order.size()> own{};
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t length = 0;
    bits.refill();
    if (!bits.take(3, length)) return false;
    own[lengths_order[i]] = static_cast<std::uint8_t>(length);
  }
  HuffmanCode& code = distances_;  // Until the distances' own code is known.
  if (!code.build(own, false)) return false;
  std::array<std::uint8_t, literal_codes_max + distance_codes_max> lengths{};
  for (std::size_t at = 0; at < literals + distances;) {
    bits.refill();
    const HuffmanCode::Symbol symbol = code.decode(bits.value);
    if (symbol.bits == 0 || symbol.bits > bits.count) return false;
    bits.drop(symbol.bits);
    std::uint32_t run = 1, more = 0;
    std::uint8_t length = static_cast<std::uint8_t>(symbol.value);
    if (symbol.value >= 16) {
      if (symbol.value == 16 && at == 0) return false;
      length = symbol.value == 16 ? lengths[at - 1] : 0;
      if (!bits.take(symbol.value == 16 ? 2 : symbol.value == 17 ? 3 : 7, more)) return false;
      run = more + (symbol.value == 18 ? 11 : 3);
    }
    if (run > literals + distances - at) return false;
    for (; run > 0; --run) lengths[at++] = length;
  }
  const std::span<const std::uint8_t> all(lengths);
  return lengths[end_of_block] != 0 && literals_.build(all.first(literals), true) &&
         distances_.build(all.subspan(literals, distances), true);
}

Inflater::Block Inflater::compressed(Bits& shared, std::size_t start, std::size_t bytes_max, Buffer& out) const {
  constexpr std::size_t room_bytes = 16 * 1024;
  Bits bits = shared;  // In registers: a byte that is written could change anything else, for all the compiler knows.
  Block block = Block::damaged;
  char* at = nullptr;
  char* end = nullptr;
  const auto make_room = [&] {
    if (at != nullptr) out.commit(static_cast<std::size_t>(at - (out.data() + out.size())));
    const std::size_t room = std::min(bytes_max - out.size(), room_bytes);
    at = out.claim(room);
    end = at + room;
    return room > 0;
  };
  make_room();
  for (;;) {
    bits.refill();
    const HuffmanCode::Symbol symbol = literals_.decode(bits.value);
    if (symbol.bits == 0 || symbol.bits > bits.count) break;
    bits.drop(symbol.bits);
    if (symbol.value < end_of_block) {
      if (at == end && !make_room()) {
        block = Block::too_large;
        break;
      }
      *at++ = static_cast<char>(symbol.value);
      continue;
    }
    if (symbol.value == end_of_block) {
      block = Block::ended;
      break;
    }
    const unsigned code = symbol.value - 257;
    std::uint32_t more = 0;
    if (code >= length_base.size() || !bits.take(length_bits[code], more)) break;
    std::size_t length = length_base[code] + more;
    const HuffmanCode::Symbol far = distances_.decode(bits.value);
    if (far.bits == 0 || far.bits > bits.count || far.value >= distance_codes_max) break;
    bits.drop(far.bits);
    if (!bits.take(distance_bits_of(far.value), more)) break;
    const std::size_t distance = distance_base_of(far.value) + more;
    if (distance > static_cast<std::size_t>(at - out.data()) - start) break;
    while (length > 0 && (at != end || make_room())) {
      // Source and target overlap where the distance is short: what was just written is repeated.
      std::size_t piece = std::min(length, static_cast<std::size_t>(end - at));
      length -= piece;
      for (; piece > 0; --piece, ++at) *at = at[-static_cast<std::ptrdiff_t>(distance)];
    }
    if (length > 0) {
      block = Block::too_large;
      break;
    }
  }
  out.commit(static_cast<std::size_t>(at - (out.data() + out.size())));
  shared = bits;
  return block;
}

}  // namespace mayday
