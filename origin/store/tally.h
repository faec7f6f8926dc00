#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/store/event_batch.h"

namespace mayday::origin {

/// What the rollups gain by some new events: the same sums for every engine that writes rollups itself. Keys are in order, so
/// that several writers take a table's rows in one order. Borrows the rows.
class Tally {
 public:
  struct Dimension {
    std::string_view service, environment, release;
    auto operator<=>(const Dimension&) const = default;
  };
  struct Situation {
    ErrorKind kind;
    std::string_view page, action;
    auto operator<=>(const Situation&) const = default;
  };
  struct MinuteKey {
    std::int64_t minute;
    Level level;
    Dimension dimension;
    auto operator<=>(const MinuteKey&) const = default;
  };
  struct PatternKey {
    std::int64_t at;  ///< The span's start in minutes; so in the keys below.
    std::uint64_t fingerprint;
    Level level;
    Dimension dimension;
    auto operator<=>(const PatternKey&) const = default;
  };
  struct ErrorKey {
    std::int64_t at;
    Situation situation;
    std::uint64_t fingerprint;  ///< 0: without one.
    auto operator<=>(const ErrorKey&) const = default;
  };
  struct UserKey {
    std::int64_t at;
    std::uint64_t user;
    auto operator<=>(const UserKey&) const = default;
  };
  struct FaceKey {
    std::int64_t day;
    std::uint64_t fingerprint;
    auto operator<=>(const FaceKey&) const = default;
  };

  struct Count {
    std::int64_t occurrences = 0;
    std::int64_t last_seen_ms = 0;
  };
  struct UserCount {
    std::int64_t errors = 0;
    std::int64_t blocked = 0;
    const EventRow* row = nullptr;  ///< One of the user's.
    std::int64_t event = 0;         ///< The engine's number for that row.
  };
  struct Face {
    const EventRow* row = nullptr;  ///< The first.
    std::int64_t first_seen_ms = 0;
    std::int64_t last_seen_ms = 0;
    std::int64_t errors = 0;
  };

  /// `occurred` is where the event stands in the store, which may differ from the row's own; `event` is the engine's own
  /// number for the row, if it has one.
  void add(const EventRow& row, Timestamp occurred, std::int64_t event = 0);

  void clear();

  const std::map<MinuteKey, std::int64_t>& minutes() const { return minutes_; }
  const std::map<PatternKey, Count>& patterns() const { return patterns_; }
  const std::map<ErrorKey, Count>& errors() const { return errors_; }
  const std::map<UserKey, UserCount>& users() const { return users_; }
  /// Keys of the users with errors, by pattern; one may come more than once.
  const std::map<FaceKey, std::vector<std::int64_t>>& pattern_users() const { return pattern_users_; }
  const std::map<FaceKey, Face>& faces() const { return faces_; }

 private:
  void add_error(const EventRow& row, Timestamp occurred);
  void add_user(const EventRow& row, Timestamp occurred, std::int64_t event);

  std::map<MinuteKey, std::int64_t> minutes_;
  std::map<PatternKey, Count> patterns_;
  std::map<ErrorKey, Count> errors_;
  std::map<UserKey, UserCount> users_;
  std::map<FaceKey, std::vector<std::int64_t>> pattern_users_;
  std::map<FaceKey, Face> faces_;
};

/// Stands for a `user_id` in keys, in every file and engine: never changed.
std::uint64_t user_key(std::string_view user_id);

}  // namespace mayday::origin
