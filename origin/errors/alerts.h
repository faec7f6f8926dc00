#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/sql/database.h"

namespace mayday::origin {

/// Something that somebody should look at.
struct Alert {
  std::string id;
  std::string
      subject;       ///< What it is about, and when: the same subject is the same alert, whichever origin noticed it.
  std::string kind;  ///< `critical`, `new`, `frequent`, `reopened`, `stalled` or `many`.
  std::string fingerprint;  ///< 16 hex digits; empty where it is about no pattern.
  std::string message;
  std::string body;  ///< JSON, as the webhook gets it.
  Timestamp at;
  std::int64_t attempts = 0;
  std::optional<Timestamp> delivered;
};

/// The alerts and their way to the webhook. Blocking, and for any thread and several origins.
class Alerts {
 public:
  explicit Alerts(sql::Database& database) : database_(database) {}

  /// False where it is known already. `is_delivered` decides whether the webhook is to be told.
  Result<bool> raise(const Alert& alert, bool is_delivered);

  /// Newest first.
  Result<std::vector<Alert>> list(std::size_t limit);

  /// One whose delivery is due; for a minute nobody else is given it.
  Result<std::optional<Alert>> claim(Timestamp now);

  Result<void> delivered(const Alert& alert, Timestamp now);

  /// Tried again after a growing while, five times in all.
  Result<void> failed(const Alert& alert, Timestamp now);

  /// Those older than `before` go.
  Result<void> sweep(Timestamp before);

 private:
  sql::Database& database_;
};

}  // namespace mayday::origin
