#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace mayday::origin {

/// Whether a folder's disk is nearly full; looks once a second at most. For any thread.
class DiskGuard {
 public:
  DiskGuard(std::string folder, std::uint64_t free_bytes_min)
      : folder_(std::move(folder)), free_bytes_min_(free_bytes_min) {}

  bool is_full();

 private:
  static constexpr std::int64_t check_ms = 1'000;

  std::string folder_;
  std::uint64_t free_bytes_min_;
  std::atomic<bool> is_full_ = false;
  std::atomic<std::int64_t> checked_ms_ = -check_ms;
};

}  // namespace mayday::origin
