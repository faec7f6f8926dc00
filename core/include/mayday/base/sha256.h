#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mayday {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4), fed in pieces.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);

  /// The digest of all that was fed. Call once.
  Sha256Digest finish();

 private:
  void put(std::uint8_t byte);
  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> block_{};
  std::uint64_t bytes_ = 0;
};

Sha256Digest sha256(std::string_view bytes);

/// HMAC-SHA256 (RFC 2104) of `bytes` under `key` of any length.
Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// True if `bytes` are `digest`. Takes the same time wherever they differ.
bool equals_constant_time(const Sha256Digest& digest, std::string_view bytes);

/// True if `hex` is 64 lower-case digits that spell `digest`. Takes the same time wherever they differ.
bool equals_hex_constant_time(const Sha256Digest& digest, std::string_view hex);

/// Writes 64 lower-case hex digits.
void format_digest(const Sha256Digest& digest, char* out);

}  // namespace mayday
