#pragma once

#include <array>
#include <cstdint>

namespace mayday {

/// xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded by the host with its own entropy. Good for identifiers
/// and jitter; not for keys.
class Random {
 public:
  /// A seed of zeros alone is replaced: the generator would never leave it.
  explicit Random(std::array<std::uint64_t, 4> seed = {});

  std::uint64_t next();

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace mayday
