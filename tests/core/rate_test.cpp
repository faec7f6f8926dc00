#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "mayday/filter/dedupe.h"
#include "mayday/filter/token_bucket.h"
#include "mayday/ingest/address_limit.h"

namespace {

/// Blocks that were asked for so far, larger than a short text.
long allocations = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes > 64) ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mayday {
namespace {

TEST(TokenBucket, LetsABurstThroughAndThenItsRate) {
  TokenBucket bucket({.burst = 3, .per_second = 2}, {0});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take({0}));
  EXPECT_FALSE(bucket.take({499}));
  EXPECT_EQ(bucket.wait_ms({499}), 1);
  EXPECT_TRUE(bucket.take({500}));
  EXPECT_FALSE(bucket.take({999}));
  EXPECT_TRUE(bucket.take({1'000}));
}

TEST(TokenBucket, OwesNothingAfterTheClockWentBack) {
  TokenBucket bucket({.burst = 1, .per_second = 1}, {5'000});
  EXPECT_TRUE(bucket.take({5'000}));
  EXPECT_FALSE(bucket.take({1'000}));
  EXPECT_FALSE(bucket.take({1'999}));
  EXPECT_TRUE(bucket.take({2'000}));
}

TEST(TokenBucket, IsNeverMoreThanFull) {
  TokenBucket bucket({.burst = 2, .per_second = 1}, {0});
  EXPECT_EQ(bucket.tokens({INT64_MAX / 2}), 2u);
}

TEST(AddressLimit, CountsEveryAddressForItself) {
  AddressLimit limit({.burst = 1, .per_second = 1}, 42);
  EXPECT_TRUE(limit.admit("203.0.113.1", {0}));
  EXPECT_FALSE(limit.admit("203.0.113.1", {10}));
  EXPECT_EQ(limit.retry_after_s(), 1u);
  EXPECT_TRUE(limit.admit("203.0.113.2", {10}));
  EXPECT_TRUE(limit.admit("203.0.113.1", {1'000}));
}

TEST(AddressLimit, CountsAnIpv6NetworkAsOne) {
  AddressLimit limit({.burst = 1, .per_second = 1}, 42);
  EXPECT_TRUE(limit.admit("2001:db8:1:2:3:4:5:6", {0}));
  EXPECT_FALSE(limit.admit("2001:db8:1:2:ffff::1", {0}));
  EXPECT_TRUE(limit.admit("2001:db8:1:3:3:4:5:6", {0}));
}

TEST(AddressLimit, CountsAnAddressHoweverItIsSpelled) {
  AddressLimit limit({.burst = 1, .per_second = 1}, 42);
  EXPECT_TRUE(limit.admit("203.0.113.1", {0}));
  EXPECT_FALSE(limit.admit("::ffff:203.0.113.1", {0}));
  EXPECT_FALSE(limit.admit("203.0.113.1:4711", {0}));
  EXPECT_TRUE(limit.admit("2001:db8::1", {0}));
  EXPECT_FALSE(limit.admit("[2001:0db8:0:0:1::]:443", {0}));
  EXPECT_TRUE(limit.admit("::1", {0})) << "no IPv4 address is in the network of this one";
}

TEST(AddressLimit, TakesNoMoreMemoryForAMillionAddresses) {
  static_assert(AddressLimit::table_bytes <= 128 * 1024);
  AddressLimit limit({.burst = 20, .per_second = 5}, 42);
  const long before = allocations;
  for (int i = 0; i < 1'000'000; ++i) {
    limit.admit(std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + ".0." + std::to_string(i & 255), {i});
  }
  EXPECT_EQ(allocations, before);
}

TEST(AddressLimit, LetsAnHonestClientThroughWhileAFloodFillsTheTable) {
  AddressLimit limit({.burst = 20, .per_second = 5}, 42);
  int refused = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    limit.admit("10." + std::to_string(i), {i / 100});
    if (i % 20'000 == 0 && !limit.admit("203.0.113.1", {i / 100})) ++refused;  // 5 a second, its own rate.
  }
  EXPECT_EQ(refused, 0);
}

TEST(AddressLimit, KeepsWhoIsLimitedWhenAFloodFillsTheTable) {
  AddressLimit limit({.burst = 20, .per_second = 5}, 42);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limit.admit("203.0.113.1", {0}));
  for (int i = 0; i < 1'000'000; ++i) limit.admit("10." + std::to_string(i), {0});
  EXPECT_FALSE(limit.admit("203.0.113.1", {0}));
}

TEST(DedupeWindow, FoldsWithinItsWindowAndSaysHowOften) {
  DedupeWindow window(30'000);
  EXPECT_FALSE(window.fold(1, {0}));
  window.open(1, "one", {0});
  for (int i = 0; i < 9'999; ++i) EXPECT_TRUE(window.fold(1, {i}));
  EXPECT_EQ(window.take_ended({29'999}).count, 0u);
  EXPECT_EQ(window.next_end(), Timestamp{30'000});
  EXPECT_FALSE(window.fold(1, {30'000}));
  const DedupeWindow::Summary summary = window.take_ended({30'000});
  EXPECT_EQ(summary.count, 9'999u);
  EXPECT_EQ(summary.event, "one");
  EXPECT_EQ(window.take_ended({30'000}).count, 0u);
}

TEST(DedupeWindow, GivesWhatItHadFoldedWhenAWindowMakesRoom) {
  DedupeWindow window(30'000);
  window.open(1, "first", {0});
  window.fold(1, {1});
  for (std::uint64_t i = 2; i <= dedupe_signatures_max; ++i) window.open(i, "other", {static_cast<std::int64_t>(i)});
  EXPECT_EQ(window.take_ended({100}).count, 0u);
  window.open(1'000, "new", {100});
  const DedupeWindow::Summary summary = window.take_ended({100});
  EXPECT_EQ(summary.count, 1u);
  EXPECT_EQ(summary.event, "first");
}

}  // namespace
}  // namespace mayday
