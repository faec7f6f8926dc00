#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "mayday/ingest/address_limit.h"
#include "origin/http/message.h"

namespace mayday::origin::http {

/// A limit by address for routes that anybody may post to, of the same rate as /v1/logs has.
class PublicLimit {
 public:
  PublicLimit(TokenBucketOptions rate, std::uint64_t seed) : addresses_(rate, seed) {}

  /// 429 with Retry-After where the caller's address has used up its tokens; else one is spent.
  std::optional<Response> refuse(const Request& request);

 private:
  std::mutex mutex_;
  AddressLimit addresses_;
};

}  // namespace mayday::origin::http
