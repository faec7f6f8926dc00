#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "origin/store/store.h"

namespace mayday::origin {

/// Finds the patterns of `Store::error_patterns` in counts by situation and fingerprint, in whatever pieces they come.
class ErrorRanking {
 public:
  struct Situation {
    ErrorKind kind;
    std::string page, action;
    auto operator<=>(const Situation&) const = default;
  };
  struct Count {
    std::uint64_t errors;
    Timestamp first_seen, last_seen;
  };

  /// A number for the situation, the same whenever it comes.
  std::size_t add_situation(Situation situation);

  /// Fingerprint 0: without one.
  void add(std::size_t situation, std::uint64_t fingerprint, const Count& count);

  /// What those with a fingerprint look like, and since when, is left to be filled in.
  std::vector<ErrorPattern> rank(const ErrorPatternQuery& query) const;

 private:
  using Pairs = std::map<std::pair<std::size_t, std::uint64_t>, Count>;

  std::map<Situation, std::size_t> numbers_;
  std::vector<const Situation*> situations_;
  Pairs pairs_;
};

}  // namespace mayday::origin
