#include "origin/store/disk_guard.h"

#include <sys/statvfs.h>

#include "origin/clock.h"

namespace mayday::origin {

bool DiskGuard::is_full() {
  const std::int64_t now = steady_ms();
  std::int64_t checked = checked_ms_.load();
  if (now - checked < check_ms || !checked_ms_.compare_exchange_strong(checked, now)) return is_full_.load();
  struct statvfs disk{};
  if (statvfs(folder_.c_str(), &disk) != 0) return is_full_.load();
  is_full_.store(std::uint64_t{disk.f_bavail} * disk.f_frsize < free_bytes_min_);
  return is_full_.load();
}

}  // namespace mayday::origin
