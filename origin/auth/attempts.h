#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/sql/database.h"

namespace mayday::origin::auth {

/// Something that is tried, and how often it may fail before it must wait.
struct Attempt {
  std::string subject;  ///< For example `address:192.0.2.7`.
  std::int64_t free_failures = 5;
  bool is_cleared_by_success = false;  ///< Else a success only takes its own count back.
};

/// Seconds until another try is heard; 0: now. A failure is forgotten after an hour without another.
Result<std::int64_t> seconds_to_wait(sql::Database& database, const std::vector<Attempt>& attempts, Timestamp now);

Result<void> count_failure(sql::Database& database, const std::vector<Attempt>& attempts, Timestamp now);

/// Takes back what `count_failure` counted beforehand.
Result<void> count_success(sql::Database& database, const std::vector<Attempt>& attempts);

}  // namespace mayday::origin::auth
