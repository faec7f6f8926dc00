#pragma once

#include <cstdint>

#include "mayday/base/timestamp.h"

namespace mayday {

struct TokenBucketOptions {
  std::uint32_t burst = 10;      ///< Tokens in a full bucket, 1 to 1,000,000.
  std::uint32_t per_second = 2;  ///< Tokens that come back each second, 1 to 1,000,000.
};

/// Lets through `burst` at once, then `per_second` on average. Time may stand still or go back (a page can be frozen, a
/// clock set): the bucket never owes and never over-pays. Constant time, no allocation.
class TokenBucket {
 public:
  explicit TokenBucket(TokenBucketOptions options, Timestamp now);

  /// True if there is a token at `now`, which is spent.
  bool take(Timestamp now);

  /// Milliseconds until the next token; 0 if there is one now.
  std::int64_t wait_ms(Timestamp now);

  /// Whole tokens at `now`.
  std::uint32_t tokens(Timestamp now);

 private:
  void refill(Timestamp now);

  TokenBucketOptions options_;
  std::int64_t millitokens_;
  Timestamp last_;
};

}  // namespace mayday
