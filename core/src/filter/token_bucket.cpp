#include "mayday/filter/token_bucket.h"

#include <algorithm>

namespace mayday {

TokenBucket::TokenBucket(TokenBucketOptions options, Timestamp now)
    : options_(options), millitokens_(std::int64_t{options.burst} * 1'000), last_(now) {}

void TokenBucket::refill(Timestamp now) {
  const std::int64_t full = std::int64_t{options_.burst} * 1'000;
  // A clock that went back begins again from here; one that leapt can at most fill the bucket.
  const std::int64_t elapsed = std::clamp<std::int64_t>(now.ms - last_.ms, 0, full);
  millitokens_ = std::min(full, millitokens_ + elapsed * options_.per_second);
  last_ = now;
}

bool TokenBucket::take(Timestamp now) {
  refill(now);
  if (millitokens_ < 1'000) return false;
  millitokens_ -= 1'000;
  return true;
}

std::int64_t TokenBucket::wait_ms(Timestamp now) {
  refill(now);
  if (millitokens_ >= 1'000) return 0;
  return (1'000 - millitokens_ + options_.per_second - 1) / options_.per_second;
}

std::uint32_t TokenBucket::tokens(Timestamp now) {
  refill(now);
  return static_cast<std::uint32_t>(millitokens_ / 1'000);
}

}  // namespace mayday
