#include <vector>

#include "tests/origin/store_engines.h"

// What store.h promises of people's errors, of every engine.
namespace mayday::origin::test {
namespace {

class ErrorContract : public StoreContract {
 protected:
  static constexpr std::int64_t hour_ms = 3'600'000;

  std::vector<ErrorPattern> patterns(std::int64_t range_ms = hour_ms, std::uint64_t occurrences_min = 3) {
    const Result<std::vector<ErrorPattern>> found = store_->error_patterns(
        {.since = {noon.ms - range_ms}, .until = {noon.ms + 1}, .occurrences_min = occurrences_min});
    EXPECT_TRUE(found);
    return found ? *found : std::vector<ErrorPattern>{};
  }

  static Sample of(int number, const std::string& fingerprint, const std::string& user = {}) {
    return {.number = number,
            .fingerprint = fingerprint,
            .age_ms = number * 1'000,
            .user_id = user,
            .route = "/pay",
            .component = "PayButton"};
  }
};

constexpr const char* fingerprint_a = "00000000000000aa";
constexpr const char* fingerprint_b = "00000000000000bb";

TEST_P(ErrorContract, ThreeOfOneFingerprintAreAPattern) {
  add(line_of(of(1, fingerprint_a, "u1")) + line_of(of(2, fingerprint_a, "u1")) + line_of(of(3, fingerprint_a, "u2")) +
      line_of(of(4, fingerprint_b, "u2")));
  const std::vector<ErrorPattern> found = patterns();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fingerprint, 0xaau);
  EXPECT_EQ(found[0].occurrences, 3u);
  EXPECT_EQ(found[0].affected_users, 2u);
  EXPECT_EQ(found[0].page, "/pay");
  EXPECT_EQ(found[0].action, "PayButton");
  EXPECT_EQ(found[0].message, "it broke");
  EXPECT_EQ(found[0].first_seen.ms, noon.ms - 3'000);
  EXPECT_EQ(found[0].last_seen.ms, noon.ms - 1'000);
}

TEST_P(ErrorContract, AsAreThreeOfOneKindPageAndActionThatNothingElseTells) {
  add(line_of(of(1, "0000000000000001")) + line_of(of(2, "0000000000000002")) + line_of(of(3, {})));
  std::vector<ErrorPattern> found = patterns();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].fingerprint);
  EXPECT_EQ(found[0].kind, ErrorKind::unknown);
  EXPECT_EQ(found[0].page, "/pay");
  EXPECT_EQ(found[0].action, "PayButton");
  EXPECT_EQ(found[0].occurrences, 3u);
  // One of them becomes a pattern of its own: the two others are none.
  add(line_of(of(4, "0000000000000001")) + line_of(of(5, "0000000000000001")));
  found = patterns();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].fingerprint, 1u);
}

TEST_P(ErrorContract, PatternsAreOfTheRangeAndTheirFirstSightIsEver) {
  const auto at = [](int number, std::int64_t age_ms) {
    return line_of({.number = number, .fingerprint = fingerprint_a, .age_ms = age_ms, .count = 2, .user_id = "u"});
  };
  add(at(1, 50 * hour_ms) + at(2, 26 * hour_ms) + at(3, 2 * hour_ms) + at(4, 1'000));
  ASSERT_EQ(patterns(hour_ms, 2).size(), 1u);
  EXPECT_EQ(patterns(hour_ms, 2)[0].occurrences, 2u);
  EXPECT_EQ(patterns(hour_ms, 2)[0].first_seen.ms, noon.ms - 50 * hour_ms);
  EXPECT_EQ(patterns(24 * hour_ms)[0].occurrences, 4u);
  EXPECT_EQ(patterns(72 * hour_ms)[0].occurrences, 8u);
  EXPECT_EQ(patterns(72 * hour_ms)[0].affected_users, 1u) << "one user on four days";
  EXPECT_TRUE(patterns(hour_ms, 3).empty());
}

TEST_P(ErrorContract, WhatIsNoErrorMakesNoPattern) {
  const auto info = [](int number) {
    return line_of({.number = number, .level = "info", .fingerprint = fingerprint_a, .user_id = "u"});
  };
  add(info(1) + info(2) + info(3));
  EXPECT_TRUE(patterns().empty());
  const Result<std::vector<DailyErrors>> days = store_->daily_errors("u", {noon.ms - hour_ms});
  ASSERT_TRUE(days);
  EXPECT_TRUE(days->empty());
}

TEST_P(ErrorContract, OneFingerprintIsKnownOverAllThatIsKept) {
  add(line_of({.number = 1, .fingerprint = fingerprint_a, .age_ms = 100 * hour_ms, .user_id = "u1", .route = "/a"}) +
      line_of({.number = 2, .fingerprint = fingerprint_a, .user_id = "u2", .route = "/b"}));
  const Result<std::optional<ErrorPattern>> found = store_->error_pattern(0xaa);
  ASSERT_TRUE(found);
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->occurrences, 2u);
  EXPECT_EQ((*found)->affected_users, 2u);
  EXPECT_EQ((*found)->page, "/a");
  EXPECT_EQ((*found)->first_seen.ms, noon.ms - 100 * hour_ms);
  EXPECT_EQ((*found)->last_seen, noon);
  const Result<std::optional<ErrorPattern>> missing = store_->error_pattern(0xab);
  ASSERT_TRUE(missing);
  EXPECT_FALSE(*missing);
}

TEST_P(ErrorContract, UsersWhoseErrorsPileUpAreTold) {
  std::string lines;
  for (int i = 0; i < 6; ++i) lines += line_of(of(i, fingerprint_a, "many"));
  for (int i = 10; i < 15; ++i) lines += line_of(of(i, fingerprint_a, "few"));
  lines += line_of({.number = 20,
                    .count = 9,
                    .user_id = "blocked'; --",
                    .tags = {{"impact.user_blocked", "true"}, {"impact.severity", "high"}}});
  lines += line_of({.number = 21, .age_ms = 2 * hour_ms, .count = 50, .user_id = "before"});
  add(lines);
  const Result<std::vector<StrugglingUser>> users = store_->struggling_users({noon.ms - hour_ms}, 5, 10);
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 2u);
  EXPECT_EQ((*users)[0].user_id, "blocked'; --");
  EXPECT_EQ((*users)[0].errors, 9u);
  EXPECT_EQ((*users)[0].blocked, 9u);
  EXPECT_EQ((*users)[1].user_id, "many");
  EXPECT_EQ((*users)[1].errors, 6u);
  EXPECT_LE((*users)[1].last_seen, noon);
  EXPECT_GT((*users)[1].last_seen.ms, noon.ms - 11 * 60'000);
  EXPECT_EQ(store_->struggling_users({noon.ms - hour_ms}, 5, 1)->size(), 1u);
}

TEST_P(ErrorContract, EachUserHasDays) {
  const auto tagged = [](int number, std::int64_t age_ms, std::vector<std::pair<std::string, std::string>> tags) {
    return line_of({.number = number,
                    .fingerprint = number % 2 == 0 ? fingerprint_a : fingerprint_b,
                    .age_ms = age_ms,
                    .user_id = "u",
                    .tags = std::move(tags)});
  };
  add(tagged(1, 30 * hour_ms, {{"impact.severity", "critical"}}) + tagged(2, 2'000, {{"impact.user_blocked", "true"}}) +
      tagged(3, 1'000, {}) + tagged(4, 1'000, {{"recovery.attempted", "true"}, {"recovery.successful", "true"}}) +
      tagged(5, 1'000, {{"recovery.attempted", "true"}}));
  const Result<std::vector<DailyErrors>> days = store_->daily_errors("u", {noon.ms - 7 * 24 * hour_ms});
  ASSERT_TRUE(days);
  ASSERT_EQ(days->size(), 2u);
  EXPECT_EQ((*days)[0].day.ms, noon.ms - 36 * hour_ms);
  EXPECT_EQ((*days)[0].errors, 1u);
  EXPECT_EQ((*days)[0].severe, 1u);
  EXPECT_EQ((*days)[1].day.ms, noon.ms - 12 * hour_ms);
  EXPECT_EQ((*days)[1].errors, 2u);
  EXPECT_EQ((*days)[1].unique, 2u);
  EXPECT_EQ((*days)[1].severe, 0u);
  EXPECT_EQ((*days)[1].blocked, 1u);
  EXPECT_EQ((*days)[1].recovery_attempts, 2u);
  EXPECT_EQ((*days)[1].recoveries, 1u);
  EXPECT_EQ(store_->daily_errors("u", noon)->size(), 1u);
  EXPECT_TRUE(store_->daily_errors("v", {0})->empty());
}

TEST_P(ErrorContract, EventsAreFoundBySeverity) {
  const auto tagged = [](int number, const char* severity) {
    return line_of({.number = number, .level = "warn", .age_ms = number, .tags = {{"impact.severity", severity}}});
  };
  add(tagged(1, "low") + tagged(2, "medium") + tagged(3, "high") + tagged(4, "critical") +
      line_of({.number = 5, .level = "warn", .age_ms = 5}));
  EXPECT_EQ(ask(*store_, {.severity_min = Severity::low}), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(ask(*store_, {.severity_min = Severity::high}), (std::vector<int>{3, 4}));
  EXPECT_EQ(ask(*store_, {.severity_min = Severity::critical}), (std::vector<int>{4}));
  EXPECT_EQ(ask(*store_, {}).size(), 5u);
}

TEST_P(ErrorContract, AKnownEventCountsOnce) {
  const std::string lines =
      line_of(of(1, fingerprint_a, "u")) + line_of(of(2, fingerprint_a, "u")) + line_of(of(3, fingerprint_a, "u"));
  add(lines);
  add(lines);
  EXPECT_EQ(patterns()[0].occurrences, 3u);
  EXPECT_EQ((*store_->daily_errors("u", {noon.ms - hour_ms}))[0].errors, 3u);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Of, ErrorContract, testing::Values("Sqlite", "Postgres", "ClickHouse"),
                         [](const auto& instance) { return instance.param; });

}  // namespace mayday::origin::test
