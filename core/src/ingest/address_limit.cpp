#include "mayday/ingest/address_limit.h"

#include <algorithm>

#include "mayday/base/hash.h"
#include "mayday/ingest/ip_address.h"

namespace mayday {
AddressLimit::AddressLimit(TokenBucketOptions options, std::uint64_t seed)
    : options_(options), seed_(seed), entries_(std::make_unique<std::array<Entry, rate_limit_addresses_max>>()) {
  static_assert(rate_limit_addresses_max % ways == 0);
}

void AddressLimit::refill(Entry& entry, Timestamp now) const {
  const std::int64_t full = std::int64_t{options_.burst} * 1'000;
  const std::int64_t elapsed = std::clamp<std::int64_t>(now.ms - entry.last_ms, 0, full);
  entry.millitokens =
      static_cast<std::uint32_t>(std::min(full, std::int64_t{entry.millitokens} + elapsed * options_.per_second));
  entry.last_ms = now.ms;
}

AddressLimit::Entry& AddressLimit::find(std::uint64_t hash, Timestamp now) {
  const std::size_t set = (hash >> 32) % (entries_->size() / ways) * ways;
  const std::uint32_t tag = static_cast<std::uint32_t>(hash) | 1;
  Entry* fullest = nullptr;
  for (std::size_t i = set; i < set + ways; ++i) {
    Entry& entry = (*entries_)[i];
    if (entry.tag == tag) return refill(entry, now), entry;
    if (entry.tag != 0) refill(entry, now);
    const bool better =
        fullest == nullptr || (fullest->tag != 0 && (entry.tag == 0 || entry.millitokens > fullest->millitokens));
    if (better) fullest = &entry;
  }
  *fullest = {.tag = tag, .millitokens = options_.burst * 1'000, .last_ms = now.ms};
  return *fullest;
}

bool AddressLimit::admit(std::string_view address, Timestamp now) {
  // An address in no known spelling counts as it is spelled.
  const std::optional<IpAddress> parsed = parse_ip_address(address);
  Entry& entry = find(hash_bytes(parsed ? parsed->network() : address, seed_), now);
  if (entry.millitokens >= 1'000) {
    entry.millitokens -= 1'000;
    return true;
  }
  const std::uint32_t wait_ms = (1'000 - entry.millitokens + options_.per_second - 1) / options_.per_second;
  retry_after_s_ = (wait_ms + 999) / 1'000;
  return false;
}

}  // namespace mayday
