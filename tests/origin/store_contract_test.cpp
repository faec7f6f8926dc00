#include <atomic>
#include <set>
#include <vector>

#include "tests/origin/store_engines.h"

// What store.h promises of events and overviews, of every engine.
namespace mayday::origin::test {
namespace {

using Numbers = std::vector<int>;

TEST_P(StoreContract, StoresAnEventOnceHoweverOftenItComes) {
  const std::string lines = line_of({.number = 1}) + line_of({.number = 2}) + line_of({.number = 1});
  const Appended first = add(lines);
  EXPECT_EQ(first.stored, 2u);
  EXPECT_EQ(first.known, 1u);
  const Appended second = add(lines);
  EXPECT_EQ(second.stored, 0u);
  EXPECT_EQ(second.known, 3u);
  EXPECT_EQ(ask(*store_, {}).size(), 2u);
}

TEST_P(StoreContract, KeepsTheWholeLine) {
  std::string line = line_of({.number = 3, .message = "caf\xc3\xa9 \"quoted\"\n\\"});
  add(line);
  const Result<std::optional<std::string>> found = store_->find(*parse_uuid(id_of(3)));
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  line.pop_back();
  EXPECT_EQ(**found, line);
  const Result<std::optional<std::string>> missing = store_->find(*parse_uuid(id_of(4)));
  ASSERT_TRUE(missing);
  EXPECT_FALSE(missing->has_value());
}

TEST_P(StoreContract, ListsTheNewestFirstAndPagesWithoutGapOrRepeat) {
  std::string lines;
  // Three events of each moment, so that pages end in the middle of one.
  for (int i = 0; i < 30; ++i) lines += line_of({.number = i, .age_ms = (i / 3) * 1'000});
  add(lines);
  Numbers all;
  std::optional<EventCursor> cursor;
  do {
    const Result<EventPage> page = store_->query({}, 7, cursor);
    ASSERT_TRUE(page);
    for (int number : numbers_of(*page)) all.push_back(number);
    cursor = page->next;
  } while (cursor);
  ASSERT_EQ(all.size(), 30u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i] / 3, static_cast<int>(i) / 3);
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), 30u);
}

TEST_P(StoreContract, AnswersNoNextPageWhereTheListEndsWithThePage) {
  add(line_of({.number = 1}) + line_of({.number = 2}));
  const Result<EventPage> page = store_->query({}, 2, std::nullopt);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->bodies.size(), 2u);
  EXPECT_FALSE(page->next);
}

TEST_P(StoreContract, FiltersByEachField) {
  add(line_of({.number = 1, .level = "warn", .session_id = "s1", .age_ms = 5'000}) +
      line_of({.number = 2, .service = "api", .fingerprint = "00000000000000ff", .age_ms = 4'000}) +
      line_of({.number = 3, .environment = "prod", .age_ms = 3'000}) + line_of({.number = 4, .release = "2.0"}));
  EXPECT_EQ(ask(*store_, {.level = Level::warn}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.service = "api"}), Numbers{2});
  EXPECT_EQ(ask(*store_, {.environment = "prod"}), Numbers{3});
  EXPECT_EQ(ask(*store_, {.release = "2.0"}), Numbers{4});
  EXPECT_EQ(ask(*store_, {.session_id = "s1"}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.fingerprint = 0xff}), Numbers{2});
  EXPECT_EQ(ask(*store_, {.since = Timestamp{noon.ms - 4'000}}), (Numbers{4, 3, 2}));
  EXPECT_EQ(ask(*store_, {.until = Timestamp{noon.ms - 4'000}}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.level = Level::warn, .service = "api"}), Numbers{});
}

TEST_P(StoreContract, KeepsFingerprintsOfAll64Bits) {
  add(line_of({.number = 1, .fingerprint = "ffffffffffffffff"}) +
      line_of({.number = 2, .fingerprint = "8000000000000000"}));
  EXPECT_EQ(ask(*store_, {.fingerprint = ~std::uint64_t{0}}), Numbers{1});
  const Result<Rollup> rollup = store_->minutes({.since = {noon.ms - 60'000}, .until = {noon.ms + 60'000}});
  ASSERT_TRUE(rollup);
  ASSERT_EQ(rollup->patterns.size(), 2u);
}

TEST_P(StoreContract, SearchesForWildcardsAsTheyAreWritten) {
  add(line_of({.number = 1, .message = "100% done"}) + line_of({.number = 2, .message = "1000 done"}) +
      line_of({.number = 3, .message = "a_b"}) + line_of({.number = 4, .message = "axb"}) +
      line_of({.number = 5, .message = "back\\slash", .error_type = "RangeError"}));
  EXPECT_EQ(ask(*store_, {.search = "100%"}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.search = "a_b"}), Numbers{3});
  EXPECT_EQ(ask(*store_, {.search = "k\\s"}), Numbers{5});
  EXPECT_EQ(ask(*store_, {.search = "rangeerror"}), Numbers{5});
  EXPECT_EQ(ask(*store_, {.search = "DONE"}).size(), 2u);
}

TEST_P(StoreContract, TreatsHostileTextAsText) {
  const std::string hostile = "'; DROP TABLE events; --\" %_\\ <script>";
  add(line_of({.number = 1, .message = hostile, .service = hostile, .session_id = hostile}));
  EXPECT_EQ(ask(*store_, {.search = hostile}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.service = hostile}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.session_id = hostile}), Numbers{1});
  EXPECT_EQ(ask(*store_, {.session_id = "' OR '1'='1"}), Numbers{});
}

TEST_P(StoreContract, CountsOccurrencesByMinuteAndLevel) {
  add(line_of({.number = 1, .count = 7}) + line_of({.number = 2, .level = "info"}) +
      line_of({.number = 3, .age_ms = 60'000}));
  add(line_of({.number = 1, .count = 7}) + line_of({.number = 4}));  // 1 is known: it must not count again.
  const Result<Rollup> rollup = store_->minutes({.since = {noon.ms - 600'000}, .until = {noon.ms + 60'000}});
  ASSERT_TRUE(rollup);
  ASSERT_EQ(rollup->minutes.size(), 2u);
  EXPECT_EQ(rollup->minutes[0].minute.ms, noon.ms - 60'000);
  EXPECT_EQ(rollup->minutes[0].by_level[static_cast<int>(Level::error)], 1u);
  EXPECT_EQ(rollup->minutes[1].by_level[static_cast<int>(Level::error)], 8u);
  EXPECT_EQ(rollup->minutes[1].by_level[static_cast<int>(Level::info)], 1u);
}

TEST_P(StoreContract, TellsWhatBreaksMost) {
  add(line_of({.number = 1, .message = "rare", .fingerprint = "00000000000000aa", .age_ms = 1'000}) +
      line_of({.number = 2,
               .message = "often",
               .fingerprint = "00000000000000bb",
               .error_type = "TypeError",
               .count = 40}) +
      line_of({.number = 3, .level = "info", .fingerprint = "00000000000000cc", .count = 900}));
  const RollupFilter filter{.since = {noon.ms - 600'000}, .until = {noon.ms + 60'000}};
  const Result<Rollup> rollup = store_->minutes(filter);
  ASSERT_TRUE(rollup);
  ASSERT_EQ(rollup->patterns.size(), 2u) << "info is no breakage";
  EXPECT_EQ(rollup->patterns[0].message, "often");
  EXPECT_EQ(rollup->patterns[0].error_type, "TypeError");
  EXPECT_EQ(rollup->patterns[0].occurrences, 40u);
  EXPECT_EQ(rollup->patterns[0].last_seen, noon);
  EXPECT_EQ(rollup->patterns[1].message, "rare");
  RollupFilter of_prod = filter;
  of_prod.environment = "prod";
  const Result<Rollup> prod = store_->minutes(of_prod);
  ASSERT_TRUE(prod);
  EXPECT_TRUE(prod->patterns.empty());
  EXPECT_EQ(prod->environments, std::vector<std::string>{"dev"}) << "what there is to choose stays on offer";
}

TEST_P(StoreContract, PutsAnEventFromTheFutureAtItsArrival) {
  add(line_of({.number = 1, .age_ms = -86'400'000}));
  EXPECT_EQ(ask(*store_, {.until = Timestamp{noon.ms + 1}}), Numbers{1});
}

TEST_P(StoreContract, CommitsWhatItTookEvenWhenItIsClosedAtOnce) {
  std::atomic<int> acknowledged = 0;
  for (int i = 0; i < 200; ++i) {
    const auto batch = std::make_shared<const EventBatch>(line_of({.number = i}), noon);
    ASSERT_TRUE(store_->append(batch, [&](Result<Appended> appended) { acknowledged += appended ? 1 : 0; }));
  }
  store_.reset();
  EXPECT_EQ(acknowledged, 200);
  store_ = open();
  const Result<EventPage> page = store_->query({}, 1'000, std::nullopt);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->bodies.size(), 200u);
}

TEST_P(StoreContract, ClosesWithWhatWasTakenAndAnswersStill) {
  const auto batch = std::make_shared<const EventBatch>(line_of({.number = 1}), noon);
  std::atomic<bool> is_stored = false;
  ASSERT_TRUE(store_->append(batch, [&](Result<Appended> appended) { is_stored = static_cast<bool>(appended); }));
  store_->close();
  EXPECT_TRUE(is_stored);
  const Result<void> late = store_->append(batch, [](Result<Appended>) { FAIL() << "it was refused"; });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::origin_unavailable);
  EXPECT_EQ(ask(*store_, {}), Numbers{1});
  store_->close();
}

TEST_P(StoreContract, TellsOfEachCommittedEventOnce) {
  std::vector<Uuid> heard;
  StoreOptions with = options();
  with.on_committed = [&](std::span<const EventRow* const> rows) {
    for (const EventRow* row : rows) heard.push_back(row->event_id);
  };
  std::unique_ptr<Store> store = open(std::move(with));
  ASSERT_TRUE(append(*store, line_of({.number = 1})));
  ASSERT_TRUE(append(*store, line_of({.number = 1}) + line_of({.number = 2})));
  store.reset();
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[1], *parse_uuid(id_of(2)));
}

TEST_P(StoreContract, RefusesWhenTooMuchWaits) {
  StoreOptions with = options();
  with.queue_bytes_max = 0;
  const std::unique_ptr<Store> store = open(std::move(with));
  const Result<Appended> appended = append(*store, line_of({.number = 1}));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, Code::origin_unavailable);
  EXPECT_EQ(store->refusal(), Code::origin_unavailable);
}

TEST_P(StoreContract, KnowsAnEventAcrossMidnight) {
  // Noon is 12 hours past midnight; the second delivery says a minute later.
  const std::int64_t midnight_ms = 12 * 3'600'000;
  EXPECT_EQ(add(line_of({.number = 1, .age_ms = midnight_ms + 30'000})).stored, 1u);
  EXPECT_EQ(add(line_of({.number = 1, .age_ms = midnight_ms - 30'000})).known, 1u);
  EXPECT_EQ(add(line_of({.number = 2, .age_ms = midnight_ms - 30'000})).stored, 1u);
  EXPECT_EQ(add(line_of({.number = 2, .age_ms = midnight_ms + 30'000})).known, 1u);
  EXPECT_EQ(ask(*store_, {}), (Numbers{2, 1}));
}

TEST_P(StoreContract, ListsSeveralDaysAsOne) {
  std::string lines;
  for (int i = 0; i < 12; ++i) lines += line_of({.number = i, .session_id = "s", .age_ms = i * 8 * 3'600'000LL});
  EXPECT_EQ(add(lines).stored, 12u);
  Numbers all;
  std::optional<EventCursor> cursor;
  do {
    const Result<EventPage> page = store_->query({.session_id = "s"}, 5, cursor);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->bodies.size(), std::min<std::size_t>(5, 12 - all.size()));
    for (int number : numbers_of(*page)) all.push_back(number);
    cursor = page->next;
  } while (cursor);
  EXPECT_EQ(all, (Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  const Result<std::optional<std::string>> found = store_->find(*parse_uuid(id_of(11)));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->has_value());
}

TEST_P(StoreContract, PutsWhatIsOlderThanItsDaysWhereItWasReceived) {
  const std::int64_t long_ago_ms = 40LL * 86'400'000;
  EXPECT_EQ(add(line_of({.number = 1, .age_ms = long_ago_ms})).stored, 1u);
  EXPECT_EQ(ask(*store_, {.since = Timestamp{noon.ms - 1'000}}), Numbers{1});
  EXPECT_EQ(add(line_of({.number = 1, .age_ms = long_ago_ms})).known, 1u);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Of, StoreContract, testing::Values("Sqlite", "Postgres", "ClickHouse"),
                         [](const auto& instance) { return instance.param; });

}  // namespace mayday::origin::test
