#include "origin/store/user_counts_postgres.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

namespace mayday::origin::postgres {
namespace {

constexpr std::size_t number_bytes = 8;
constexpr std::size_t event_bytes = sizeof(Uuid::bytes);
constexpr std::size_t user_bytes = 3 * number_bytes + event_bytes;

void append(std::string& stored, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) stored += static_cast<char>(number >> shift);
}

std::uint64_t number_at(const char* bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < number_bytes; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace

std::string encode_user_counts(const std::map<Tally::UserKey, Tally::UserCount>& users, std::int64_t at) {
  std::string stored;
  for (auto user = users.lower_bound({at, 0}); user != users.end() && user->first.at == at; ++user) {
    append(stored, user->first.user);
    append(stored, static_cast<std::uint64_t>(user->second.errors));
    append(stored, static_cast<std::uint64_t>(user->second.blocked));
    const auto& event = user->second.row->event_id.bytes;
    stored.append(reinterpret_cast<const char*>(event.data()), event.size());
  }
  return stored;
}

void UserTotals::add(std::int64_t at, std::string_view stored) {
  for (; stored.size() >= user_bytes; stored.remove_prefix(user_bytes)) {
    const char* bytes = stored.data();
    const auto key = std::bit_cast<std::int64_t>(number_at(bytes));
    Total& total = totals_[key];
    total.key = key;
    total.errors += number_at(bytes + number_bytes);
    total.blocked += number_at(bytes + 2 * number_bytes);
    if (at < total.at) continue;
    total.at = at;
    std::memcpy(total.event.bytes.data(), bytes + 3 * number_bytes, event_bytes);
  }
}

std::vector<UserTotals::Total> UserTotals::most(std::uint64_t errors, std::size_t limit) const {
  std::vector<Total> most;
  for (const auto& [_, total] : totals_) {
    if (total.errors > errors) most.push_back(total);
  }
  const auto end = most.begin() + static_cast<std::ptrdiff_t>(std::min(limit, most.size()));
  std::partial_sort(most.begin(), end, most.end(), [](const Total& a, const Total& b) {
    return std::tuple(b.errors, b.at, a.key) < std::tuple(a.errors, a.at, b.key);
  });
  most.erase(end, most.end());
  return most;
}

}  // namespace mayday::origin::postgres
