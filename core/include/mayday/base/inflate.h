#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/result.h"

namespace mayday {

/// One canonical Huffman code (RFC 1951, section 3.2.2) of at most 288 symbols and 15 bits.
class HuffmanCode {
 public:
  /// `lengths` has a code's length in bits for each symbol, 0 for one that does not occur. False for lengths that no code
  /// has: too many, or too few. A code of one symbol of one bit, and one of none, are let through where `sparse`.
  bool build(std::span<const std::uint8_t> lengths, bool sparse);

  struct Symbol {
    std::uint16_t value = 0;
    std::uint16_t bits = 0;  ///< 0: these bits are no code.
  };
  /// The symbol that the lowest bits of `bits` spell.
  Symbol decode(std::uint64_t bits) const;

 private:
  static constexpr unsigned fast_bits = 10;

  Symbol decode_long(std::uint64_t bits) const;

  std::array<std::uint16_t, 1 << fast_bits> fast_;  ///< value << 4 | bits, 0 for what is longer or no code.
  std::array<std::uint16_t, 16> count_;             ///< Codes of each length.
  std::array<std::uint16_t, 288> symbols_;          ///< In the order of their codes.
};

/// Decompresses DEFLATE (RFC 1951). Holds its tables, some 6 KB, and nothing of what goes through.
class Inflater {
 public:
  /// Appends what the stream at the beginning of `input` holds, and answers how many bytes of `input` it took. Writes until
  /// `out` holds `bytes_max` and no further, asking for no more memory than that: a longer stream is `payload_too_large`. One
  /// that is damaged, or that ends too early, is `invalid_json`. Linear in input and output together, for it also stops
  /// with `invalid_json` at the `tables_max`th Huffman table, which no honest compressor needs. `out` is void after an error.
  Result<std::size_t> inflate(std::string_view input, std::size_t bytes_max, Buffer& out);

  /// Tables are counted anew.
  void begin() { tables_ = 0; }

 private:
  /// Blocks of a body of 256 KiB that each bring a code of their own. zlib at its smallest memory makes 2,048 of them.
  static constexpr std::uint32_t tables_max = 4'096;

  struct Bits;
  enum class Block : std::uint8_t { ended, damaged, too_large };

  Block stored(Bits& bits, std::size_t bytes_max, Buffer& out);
  Block compressed(Bits& bits, std::size_t start, std::size_t bytes_max, Buffer& out) const;
  bool use_fixed_codes();
  bool read_codes(Bits& bits);

  HuffmanCode literals_;
  HuffmanCode distances_;
  bool are_fixed_ = false;
  std::uint32_t tables_ = 0;
};

}  // namespace mayday
