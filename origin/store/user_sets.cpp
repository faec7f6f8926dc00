#include "origin/store/user_sets.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace mayday::origin {
namespace {

constexpr std::size_t user_bytes = 8;

/// Ever new patterns must not fill the memory; those that are forgotten are found again at the next start.
constexpr std::size_t counted_max = 200'000;

std::string encode(std::span<const std::int64_t> users) {
  std::string stored;
  stored.reserve(users.size() * user_bytes);
  for (const std::int64_t user : users) {
    const auto bits = std::bit_cast<std::uint64_t>(user);
    for (int shift = 56; shift >= 0; shift -= 8) stored += static_cast<char>(bits >> shift);
  }
  return stored;
}

}  // namespace

std::string to_user_set(std::vector<std::int64_t>& users) {
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  return encode(users);
}

void UserUnion::add(std::int64_t user) {
  // Single users that come in order are one run.
  const bool goes_on = !users_.empty() && users_.back() <= user;
  if (goes_on && users_.back() == user) return;
  users_.push_back(user);
  if (goes_on) {
    ends_.back() = users_.size();
  } else {
    ends_.push_back(users_.size());
  }
}

void UserUnion::add_set(std::string_view stored) {
  users_.reserve(users_.size() + stored.size() / user_bytes);
  for (std::size_t at = 0; at + user_bytes <= stored.size(); at += user_bytes) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < user_bytes; ++i) bits = bits << 8 | static_cast<unsigned char>(stored[at + i]);
    users_.push_back(std::bit_cast<std::int64_t>(bits));
  }
  ends_.push_back(users_.size());
}

/// Neighbours by twos, until there is one.
void UserUnion::unite() {
  std::vector<std::int64_t> merged;
  while (ends_.size() > 2) {
    merged.clear();
    merged.reserve(users_.size());
    std::vector<std::size_t> ends = {0};
    for (std::size_t set = 0; set + 1 < ends_.size(); set += 2) {
      const auto at = [this](std::size_t index) { return users_.begin() + static_cast<std::ptrdiff_t>(index); };
      const std::size_t middle = ends_[set + 1];
      const std::size_t end = set + 2 < ends_.size() ? ends_[set + 2] : middle;
      std::set_union(at(ends_[set]), at(middle), at(middle), at(end), std::back_inserter(merged));
      ends.push_back(merged.size());
    }
    users_.swap(merged);
    ends_ = std::move(ends);
  }
}

std::uint64_t UserUnion::count() {
  unite();
  return users_.size();
}

std::string UserUnion::to_set() {
  unite();
  return encode(users_);
}

std::size_t user_sets_to_unite(std::span<const std::size_t> sizes) {
  std::size_t count = 0, bytes = 0;
  for (std::size_t at = 0; at < sizes.size(); bytes += sizes[at++]) {
    if (sizes[at] <= 2 * bytes) count = at + 1;
  }
  return count >= user_sets_max ? count : 0;
}

void UserSetCounts::add(Pattern pattern, std::size_t sets) {
  if (sets_.size() >= counted_max) sets_.clear();
  std::size_t& count = sets_[pattern];
  if (count < user_sets_max && count + sets >= user_sets_max) full_.push_back(pattern);
  count += sets;
}

std::vector<UserSetCounts::Pattern> UserSetCounts::take_full(std::size_t patterns_max) {
  std::sort(full_.begin(), full_.end());
  full_.erase(std::unique(full_.begin(), full_.end()), full_.end());
  std::size_t count = 0;
  while (count < full_.size() && count < patterns_max && full_[count].first == full_.front().first) ++count;
  const auto end = full_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Pattern> taken(full_.begin(), end);
  full_.erase(full_.begin(), end);
  for (const Pattern& pattern : taken) sets_.erase(pattern);
  return taken;
}

}  // namespace mayday::origin
