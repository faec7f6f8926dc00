#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Which users had a pattern on a day: sets of their keys (tally.h), stored as bytes. Each transaction adds a set of its own, which
/// costs one row and looks at nothing; now and then small sets are united into one. Who asks unites those that are left.
namespace mayday::origin {

/// Sorts `users`, takes out those that are there twice, and answers what is stored: eight bytes each, the highest first.
std::string to_user_set(std::vector<std::int64_t>& users);

/// Takes sets in, whatever they have in common.
class UserUnion {
 public:
  void add(std::int64_t user);
  void add_set(std::string_view stored);

  /// Distinct users.
  std::uint64_t count();
  /// All of them, as one set.
  std::string to_set();

 private:
  void unite();

  std::vector<std::int64_t> users_;
  std::vector<std::size_t> ends_ = {0};  ///< Each set's end in `users_`; what stands between two is in order.
};

/// So many sets of one pattern may stay as they are.
inline constexpr std::size_t user_sets_max = 16;

/// Of sets by their size, the smallest first: how many of them become one; 0, while they are few. A set is taken along only by
/// others that are half as large together, so that each user is written anew as often as the logarithm of their number.
std::size_t user_sets_to_unite(std::span<const std::size_t> sizes);

/// Patterns by the number of sets that they got, so that it is known where to unite.
class UserSetCounts {
 public:
  using Pattern = std::pair<std::int64_t, std::int64_t>;  ///< Day and fingerprint.

  void add(Pattern pattern, std::size_t sets = 1);

  /// Forgets and answers the patterns, at most `patterns_max` of one day, that have got too many.
  std::vector<Pattern> take_full(std::size_t patterns_max);

 private:
  std::map<Pattern, std::size_t> sets_;
  std::vector<Pattern> full_;
};

}  // namespace mayday::origin
