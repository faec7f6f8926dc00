#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace mayday::origin::ops {

/// The last few of something that went by, and how many have been pushed out.
class Ring {
 public:
  static constexpr std::size_t entries_max = 500;

  void push(std::string entry) {
    if (entries_.size() == entries_max) {
      entries_.pop_front();
      ++evicted_;
    }
    entries_.push_back(std::move(entry));
  }

  std::uint64_t evicted() const { return evicted_; }
  /// Oldest first.
  const std::deque<std::string>& entries() const { return entries_; }

 private:
  std::deque<std::string> entries_;
  std::uint64_t evicted_ = 0;
};

}  // namespace mayday::origin::ops
