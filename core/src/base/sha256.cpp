#include "mayday/base/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mayday {
namespace {

/// FIPS 180-4, section 4.2.2: the first 32 bits behind the point of the first 64 primes' cube roots. Made when they are first
/// asked for: random bytes are what compresses worst in a module. Double has 53 bits, and no root comes near a border.
struct RoundConstants {
  RoundConstants() {
    std::size_t count = 0;
    for (std::uint32_t number = 2; count < value.size(); ++number) {
      std::uint32_t factor = 2;
      while (number % factor != 0) ++factor;
      if (factor < number) continue;
      double root = 7;
      for (int step = 0; step < 12; ++step) root -= (root * root * root - number) / (3 * root * root);  // Newton's.
      value[count++] = static_cast<std::uint32_t>((root - static_cast<std::uint32_t>(root)) * 4294967296.0);
    }
  }
  std::array<std::uint32_t, 64> value;
};

const std::array<std::uint32_t, 64>& round_constants() {
  static const RoundConstants constants;
  return constants.value;
}

std::uint32_t load_big_endian(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

}  // namespace

Sha256::Sha256()
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

[[gnu::noinline]] void Sha256::compress(const std::uint8_t* block) {
  const auto& constants = round_constants();
  std::array<std::uint32_t, 64> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_big_endian(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
    const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> worked{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += worked[i];
}

void Sha256::put(std::uint8_t byte) {
  block_[bytes_++ % 64] = byte;
  if (bytes_ % 64 == 0) compress(block_.data());
}

void Sha256::update(std::string_view bytes) {
  while (!bytes.empty()) {
    const bool whole = bytes_ % 64 == 0 && bytes.size() >= 64;
    if (whole) {
      compress(reinterpret_cast<const std::uint8_t*>(bytes.data()));
      bytes_ += 64;
    } else {
      put(static_cast<std::uint8_t>(bytes.front()));
    }
    bytes.remove_prefix(whole ? 64 : 1);
  }
}

Sha256Digest Sha256::finish() {
  const std::uint64_t bits = bytes_ * 8;
  put(0x80);
  while (bytes_ % 64 != 56) put(0);
  for (int shift = 56; shift >= 0; shift -= 8) put(static_cast<std::uint8_t>(bits >> shift));
  Sha256Digest digest;
  for (std::size_t i = 0; i < 32; ++i) digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

Sha256Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256Digest digest;
  if (key.size() > 64) {
    digest = sha256(key);
    key = {reinterpret_cast<const char*>(digest.data()), digest.size()};
  }
  std::array<char, 64> padded{};
  std::copy(key.begin(), key.end(), padded.begin());
  // The key and the message, then the key and what came of that.
  for (const char pad : {'\x36', '\x5c'}) {
    std::array<char, 64> block;
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(padded[i] ^ pad);
    Sha256 hash;
    hash.update({block.data(), block.size()});
    hash.update(bytes);
    digest = hash.finish();
    bytes = {reinterpret_cast<const char*>(digest.data()), digest.size()};
  }
  return digest;
}

void format_digest(const Sha256Digest& digest, char* out) {
  for (std::uint8_t byte : digest) {
    *out++ = "0123456789abcdef"[byte >> 4];
    *out++ = "0123456789abcdef"[byte & 15];
  }
}

bool equals_constant_time(const Sha256Digest& digest, std::string_view bytes) {
  if (bytes.size() != digest.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < digest.size(); ++i) difference |= digest[i] ^ static_cast<std::uint8_t>(bytes[i]);
  return difference == 0;
}

bool equals_hex_constant_time(const Sha256Digest& digest, std::string_view hex) {
  std::array<char, 64> wanted;
  format_digest(digest, wanted.data());
  if (hex.size() != wanted.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) difference |= static_cast<unsigned char>(wanted[i] ^ hex[i]);
  return difference == 0;
}

}  // namespace mayday
