#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mayday/base/uuid.h"
#include "origin/store/tally.h"

/// How many errors users had in five minutes, many users in one row's bytes: each transaction adds a row of its own, which looks at
/// nothing, and who asks adds up. What is stored of a user is the key, not the name, which one of the user's events tells.
namespace mayday::origin::postgres {

/// The users of the five minutes from `at` on, as they are stored.
std::string encode_user_counts(const std::map<Tally::UserKey, Tally::UserCount>& users, std::int64_t at);

/// Adds up what is stored.
class UserTotals {
 public:
  struct Total {
    std::int64_t key = 0;
    std::uint64_t errors = 0;
    std::uint64_t blocked = 0;
    std::int64_t at = 0;  ///< The last five minutes in which there were any.
    Uuid event;           ///< One of them.
  };

  void add(std::int64_t at, std::string_view stored);

  /// Those with more than `errors`, who have most first; at most `limit`.
  std::vector<Total> most(std::uint64_t errors, std::size_t limit) const;

 private:
  std::unordered_map<std::int64_t, Total> totals_;
};

}  // namespace mayday::origin::postgres
