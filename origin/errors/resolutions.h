#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/sql/database.h"

namespace mayday::origin {

struct Resolution {
  Timestamp resolved;
  std::string resolved_by;
  std::string note;
};

enum class PatternStatus { open, resolved, reopened };
std::string_view to_string(PatternStatus status);

/// `reopened` is what was resolved and has been seen since: nobody has to notice, and no origin to tell another.
PatternStatus status_of(const std::optional<Resolution>& resolution, Timestamp last_seen);

/// Which patterns somebody has called resolved. Blocking, and for any thread.
class Resolutions {
 public:
  explicit Resolutions(sql::Database& database) : database_(database) {}

  Result<void> resolve(std::uint64_t fingerprint, const Resolution& resolution);

  /// Those of `fingerprints` that have one.
  Result<std::map<std::uint64_t, Resolution>> find(const std::vector<std::uint64_t>& fingerprints);

 private:
  sql::Database& database_;
};

/// 16 lower-case hex digits.
std::string hex_of(std::uint64_t fingerprint);

}  // namespace mayday::origin
