#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <utility>

#include "mayday/ingest/admit.h"
#include "mayday/ingest/policy.h"

namespace mayday::origin::http {

/// The edge's one `Ingest` in this process: one rate limit and one set of counters for all threads. An admission takes
/// microseconds, so they queue for it.
struct LogsIngest {
  LogsIngest(Policy its_policy, std::array<std::uint64_t, 4> seed)
      : policy(std::move(its_policy)), ingest(policy, seed) {}

  const Policy policy;
  std::mutex mutex;
  Ingest ingest;
};

}  // namespace mayday::origin::http
