#include "origin/store/user_sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace mayday::origin::test {
namespace {

using Users = std::vector<std::int64_t>;

std::string set_of(Users users) { return to_user_set(users); }

TEST(UserSets, HoldEachUserOnceInOrder) {
  EXPECT_EQ(set_of({3, 1, 3, 2}), set_of({1, 2, 3}));
  EXPECT_EQ(set_of({1, 2, 3}).size(), 3u * 8);
  EXPECT_EQ(set_of({-1}), std::string(8, '\xff'));
}

TEST(UserSets, AUnionCountsWhatIsInSeveralOnce) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                         most = std::numeric_limits<std::int64_t>::max();
  UserUnion users;
  EXPECT_EQ(users.count(), 0u);
  users.add_set(set_of({1, 5, 9, most}));
  users.add_set(set_of({least, 5, 10}));
  users.add_set(set_of({}));
  for (const std::int64_t user : {9, 9, 11, 2, 5}) users.add(user);
  EXPECT_EQ(users.count(), 8u);
  users.add(12);
  EXPECT_EQ(users.to_set(), set_of({least, 1, 2, 5, 9, 10, 11, 12, most}));
}

TEST(UserSets, AreUnitedWhereTheyAreMany) {
  const auto count = [](std::vector<std::size_t> sizes) { return user_sets_to_unite(sizes); };
  EXPECT_EQ(count({}), 0u);
  EXPECT_EQ(count(std::vector<std::size_t>(user_sets_max - 1, 8)), 0u);
  EXPECT_EQ(count(std::vector<std::size_t>(user_sets_max, 8)), user_sets_max);
  std::vector<std::size_t> with_a_large_one(user_sets_max, 8);
  with_a_large_one.push_back(2 * 8 * user_sets_max + 8);
  EXPECT_EQ(count(with_a_large_one), user_sets_max) << "it stays as it is";
  with_a_large_one.back() -= 8;
  EXPECT_EQ(count(with_a_large_one), user_sets_max + 1);
  std::vector<std::size_t> small_and_many(30, 400);
  small_and_many.insert(small_and_many.begin(), {8, 8});
  EXPECT_EQ(count(small_and_many), 32u) << "two small ones don't stand in the way";
}

TEST(UserSets, ThereAreFewHoweverManyCome) {
  std::vector<std::size_t> sizes;
  std::size_t written = 0;
  constexpr std::size_t sets = 20'000;
  for (std::size_t i = 0; i < sets; ++i) {
    sizes.insert(sizes.begin(), 8);
    std::sort(sizes.begin(), sizes.end());
    const auto count = static_cast<std::ptrdiff_t>(user_sets_to_unite(sizes));
    std::size_t united = 0;
    for (std::ptrdiff_t at = 0; at < count; ++at) united += sizes[static_cast<std::size_t>(at)];
    sizes.erase(sizes.begin(), sizes.begin() + count);
    if (count > 0) sizes.push_back(united);
    written += united;
    std::sort(sizes.begin(), sizes.end());
    ASSERT_LT(sizes.size(), user_sets_max + 16) << i;
  }
  EXPECT_LT(written, sets * 8 * 16);
}

TEST(UserSets, ArePatternsToLookAtOnceThereAreEnough) {
  UserSetCounts counts;
  for (std::size_t i = 0; i + 1 < user_sets_max; ++i) counts.add({1, 7});
  EXPECT_TRUE(counts.take_full(10).empty());
  counts.add({1, 7});
  counts.add({2, 7}, user_sets_max);
  counts.add({1, 8}, user_sets_max + 5);
  EXPECT_EQ(counts.take_full(10), (std::vector<UserSetCounts::Pattern>{{1, 7}, {1, 8}})) << "of one day";
  EXPECT_EQ(counts.take_full(10), (std::vector<UserSetCounts::Pattern>{{2, 7}}));
  EXPECT_TRUE(counts.take_full(10).empty());
}

}  // namespace
}  // namespace mayday::origin::test
