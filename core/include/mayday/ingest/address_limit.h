#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mayday/base/limits.h"
#include "mayday/base/timestamp.h"
#include "mayday/filter/token_bucket.h"

namespace mayday {

/// A token bucket per client address in a table of fixed size. Addresses are placed by a hash under a secret seed into
/// sets of four; a full set gives up the address that is nearest to a full bucket, for it is the one that would be let
/// through anyway: whoever floods the table evicts the idle, not the limited.
class AddressLimit {
 public:
  /// All that is ever held, however many addresses come.
  static constexpr std::size_t table_bytes = rate_limit_addresses_max * 16;

  AddressLimit(TokenBucketOptions options, std::uint64_t seed);

  /// True if a request from `address` may pass at `now`, and spends one token if so. An IPv6 address counts by its /64:
  /// one household has as many as it likes. Constant time, no allocation.
  bool admit(std::string_view address, Timestamp now);

  /// Whole seconds until the address that was refused last has a token again, at least 1.
  std::uint32_t retry_after_s() const { return retry_after_s_; }

 private:
  struct Entry {
    std::uint32_t tag = 0;  ///< 0: free.
    std::uint32_t millitokens = 0;
    std::int64_t last_ms = 0;
  };
  static_assert(sizeof(Entry) == 16);
  static constexpr std::size_t ways = 4;

  Entry& find(std::uint64_t hash, Timestamp now);
  void refill(Entry& entry, Timestamp now) const;

  TokenBucketOptions options_;
  std::uint64_t seed_;
  std::uint32_t retry_after_s_ = 1;
  std::unique_ptr<std::array<Entry, rate_limit_addresses_max>> entries_;
};

}  // namespace mayday
