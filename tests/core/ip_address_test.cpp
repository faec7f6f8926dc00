#include "mayday/ingest/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace mayday {
namespace {

/// What the system's own reader says; a mapped address is the IPv4 one, as ours has it.
std::optional<IpAddress> read_by_system(const std::string& text) {
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address.is_v4 = true, address;
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return address;
  IpAddress v4{.is_v4 = true};
  std::copy_n(address.bytes.begin() + 12, 4, v4.bytes.begin());
  return v4;
}

TEST(IpAddress, IsReadAsBySystems) {
  std::mt19937 random(20261128);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  const std::vector<std::string> parts{":",    "::",  ":", ".",         "0",   "1",     "ff", "ffff",
                                       "2001", "db8", "a", "192.0.2.1", "255", "12345", "g"};
  std::size_t read = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string text;
    for (std::size_t left = 1 + below(16); left > 0; --left) text += parts[below(parts.size())];
    // One colon may be a port's.
    if (std::count(text.begin(), text.end(), ':') == 1) continue;
    const std::optional<IpAddress> wanted = read_by_system(text);
    EXPECT_EQ(parse_ip_address(text), wanted) << text;
    read += wanted.has_value();
  }
  EXPECT_GT(read, 1'000u);
  for (const char* text :
       {":1:2", ":1:2:3:4:5:6:7", "1:2:", "1::2::3", ":::", "1:::2", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9"})
    EXPECT_FALSE(parse_ip_address(text)) << text;
}

}  // namespace
}  // namespace mayday
