#include "mayday/client/client.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "mayday/base/hash.h"

namespace mayday {
namespace {

using Json = nlohmann::json;

std::string event(const std::string& message) {
  return R"({"timestamp":"2026-11-21T09:30:00Z","level":"error","service":"web","environment":"dev","release":"","message":")" +
         message + "\"}";
}

/// A client and its clock.
struct Page {
  Client client{{.seed = {1, 2, 3, 4}}, {0}};
  Timestamp now{0};

  bool record(const std::string& message) { return client.record(event(message), hash_bytes(message), 1, now); }
  Json take(bool leaving = false) {
    const Batch batch = client.take(now, leaving);
    return batch.events == 0 ? Json() : Json::parse(batch.body);
  }
  /// Asks as a page does: whenever it is told to, until `until_ms`; every request succeeds. Answers the bodies.
  std::vector<Json> run(std::int64_t until_ms) {
    std::vector<Json> bodies;
    for (;;) {
      const Batch batch = client.take(now);
      if (batch.events > 0) {
        bodies.push_back(Json::parse(batch.body));
        client.settle(200, 0, now);
        continue;
      }
      if (batch.wake_ms < 0 || now.ms + batch.wake_ms > until_ms) break;
      EXPECT_GT(batch.wake_ms, 0);
      now.ms += batch.wake_ms;
    }
    now.ms = until_ms;
    return bodies;
  }
};

std::uint64_t occurrences(const std::vector<Json>& bodies) {
  std::uint64_t sum = 0;
  for (const Json& body : bodies) {
    for (const Json& one : body["events"]) sum += one.value("count", 1u);
  }
  return sum;
}

TEST(Client, SendsAnErrorAfterAQuietTimeAtOnce) {
  Page page;
  page.record("first");
  EXPECT_TRUE(page.take().is_null());
  page.now.ms = 100;
  EXPECT_EQ(page.take()["events"].size(), 1u);
}

TEST(Client, SaysWhenItSentWhereItIsTold) {
  Page page;
  page.record("x");
  page.now.ms = 100;
  const Batch batch = page.client.take(page.now, false, "2026-11-21T09:30:00.000Z");
  EXPECT_EQ(Json::parse(batch.body)["client"]["sent_at"], "2026-11-21T09:30:00.000Z");
  EXPECT_FALSE(page.take(true)["client"].contains("sent_at"));
}

TEST(Client, SendsAStormOfOneErrorInTwoRequests) {
  Page page;
  for (int i = 0; i < 10'000; ++i) page.record("same");
  const std::vector<Json> bodies = page.run(60'000);
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0]["events"].size(), 1u);
  EXPECT_EQ(bodies[1]["events"][0]["count"], 9'999);
  EXPECT_NE(bodies[0]["events"][0]["event_id"], bodies[1]["events"][0]["event_id"]);
}

TEST(Client, SendsAStormOfTwoErrorsInTurnInTwoRequests) {
  Page page;
  for (int i = 0; i < 10'000; ++i) page.record(i % 2 == 0 ? "a" : "b");
  const std::vector<Json> bodies = page.run(60'000);
  EXPECT_EQ(bodies.size(), 2u);
  EXPECT_EQ(occurrences(bodies), 10'000u);
}

TEST(Client, RecognisesARepeatByItsSignatureAlone) {
  Page page;
  EXPECT_FALSE(page.client.repeats(1, page.now));
  EXPECT_TRUE(page.client.record(event("x"), 1, 1, page.now));
  EXPECT_TRUE(page.client.repeats(1, page.now));
  EXPECT_FALSE(page.client.repeats(2, page.now));
  EXPECT_EQ(occurrences(page.run(60'000)), 2u);
}

TEST(Client, KeepsDistinctErrorsUntilThereAreTokens) {
  Page page;
  for (int i = 0; i < 40; ++i) page.record("error " + std::string(static_cast<std::size_t>(i + 1), 'x'));
  page.now.ms = 100;
  EXPECT_EQ(page.take()["events"].size(), 10u);
  page.client.settle(200, 0, page.now);
  EXPECT_EQ(occurrences(page.run(60'000)), 30u);
  EXPECT_EQ(page.client.waiting(), 0u);
}

TEST(Client, DropsTheOldestOfAFullQueueAndReportsIt) {
  Page page;
  for (std::size_t i = 0; i < queue_events_max + 5; ++i) page.record("error " + std::string(i + 1, 'x'));
  EXPECT_EQ(page.client.waiting(), queue_events_max);
  EXPECT_EQ(page.client.discarded(Drop::queue_full), 5u);
  const Json body = page.take(true);
  EXPECT_EQ(body["client"]["discarded"]["queue_full"], 5);
  EXPECT_EQ(body["events"][0]["message"], "error xxxxxx");
  page.client.settle(200, 0, page.now);
  EXPECT_EQ(page.client.discarded(Drop::queue_full), 0u);
}

TEST(Client, PutsARefusedBodyBackAndWaitsAsLongAsItIsTold) {
  Page page;
  page.record("x");
  page.now.ms = 100;
  const Json first = page.take();
  page.client.settle(503, 7'000, page.now);
  EXPECT_EQ(page.client.waiting(), 1u);
  page.now.ms = 7'099;
  EXPECT_TRUE(page.take().is_null());
  page.now.ms = 100 + 7'000 + 7'000 / 4 + 1;
  EXPECT_EQ(page.take()["events"], first["events"]);
  page.client.settle(200, 0, page.now);
  EXPECT_EQ(page.client.waiting(), 0u);
}

TEST(Client, WaitsLongerWithEachFailureAndNeverMoreThanAMinuteAndAQuarter) {
  Page page;
  page.record("x");
  std::int64_t last = 0;
  for (int i = 0; i < 12; ++i) {
    Batch batch = page.client.take(page.now);
    while (batch.events == 0) {
      page.now.ms += batch.wake_ms;
      batch = page.client.take(page.now);
    }
    EXPECT_LE(page.now.ms - last, 75'001);
    last = page.now.ms;
    page.client.settle(0, 0, page.now);
  }
  EXPECT_GT(last, 300'000);
}

TEST(Client, LeavesARefusedBodyToAStoreAndTakesItBackAsItWas) {
  Page page;
  for (int i = 0; i < 3; ++i) page.record("same");
  page.now.ms = 100;
  const Json first = page.take();
  EXPECT_FALSE(page.client.settle(503, 7'000, page.now, true));
  EXPECT_EQ(page.client.waiting(), 0u);
  EXPECT_TRUE(page.client.resting(page.now));
  const std::int64_t wake_ms = page.client.take(page.now).wake_ms;
  EXPECT_GE(wake_ms, 7'000);
  EXPECT_LE(wake_ms, 7'000 + 7'000 / 4);
  page.now.ms += wake_ms;
  EXPECT_FALSE(page.client.resting(page.now));
  page.client.restore(first["events"][0].dump(), 1, page.now);
  EXPECT_EQ(page.take()["events"], first["events"]);
  EXPECT_TRUE(page.client.settle(200, 0, page.now, true));
  EXPECT_EQ(occurrences(page.run(60'000)), 2u);
}

TEST(Client, SendsWhatItTookBackFirstAtOnceAndWithoutTokens) {
  Page page;
  for (int i = 0; i < 15; ++i) page.record("new " + std::string(static_cast<std::size_t>(i + 1), 'x'));
  for (int i = 0; i < 40; ++i) page.client.restore(event("old " + std::to_string(i)), 1, page.now);
  const Json body = page.take();
  ASSERT_EQ(body["events"].size(), 50u);
  EXPECT_EQ(body["events"][0]["message"], "old 0");
  EXPECT_EQ(body["events"][39]["message"], "old 39");
  EXPECT_EQ(body["events"][40]["message"], "new x");
}

TEST(Client, TakesNothingBackThatWouldPushOutANewEvent) {
  Page page;
  for (std::size_t i = 0; i < queue_events_max; ++i) page.record("error " + std::string(i + 1, 'x'));
  page.client.restore(event("old"), 1, page.now);
  EXPECT_EQ(page.client.waiting(), queue_events_max);
  EXPECT_EQ(page.client.discarded(Drop::queue_full), 0u);
  EXPECT_EQ(page.take(true)["events"][0]["message"], "error x");
}

TEST(Client, PaysATokenOnceForAnEventThatIsRefused) {
  Page page;
  for (int i = 0; i < 10; ++i) page.record("error " + std::to_string(i));
  page.now.ms = 100;
  EXPECT_EQ(page.take()["events"].size(), 10u);
  page.client.settle(0, 0, page.now);
  page.now.ms += 1'251;
  EXPECT_EQ(page.take()["events"].size(), 10u);
}

TEST(Client, RestsNoLongerThanTheNetworkIsAway) {
  Page page;
  page.record("x");
  page.now.ms = 100;
  page.take();
  page.client.settle(0, 0, page.now);
  EXPECT_TRUE(page.take().is_null());
  page.client.reconnect();
  EXPECT_EQ(page.take()["events"].size(), 1u);
  page.client.settle(503, 5'000, page.now);
  page.client.reconnect();
  EXPECT_TRUE(page.client.resting(page.now)) << "a server's word outlives the network";
}

TEST(Client, GivesUpWhatTheServerWillNeverTake) {
  Page page;
  page.record("x");
  page.now.ms = 100;
  page.take();
  page.client.settle(400, 0, page.now);
  EXPECT_EQ(page.client.waiting(), 0u);
}

TEST(Client, SendsEverythingWhenThePageIsLeft) {
  Page page;
  const std::string filler(300, 'y');
  for (int i = 0; i < 50; ++i) {
    std::string line = event(std::string(static_cast<std::size_t>(i + 1), 'x'));
    line.insert(line.size() - 1,
                R"(,"error":{"stack":[")" + filler + "\",\"" + filler + "1\"" + R"(]},"tags":{"a":")" + filler + "\"}");
    page.client.record(line, hash_bytes(line), 1, page.now);
  }
  std::size_t events = 0, bodies = 0;
  for (Batch batch = page.client.take(page.now, true); batch.events > 0; batch = page.client.take(page.now, true)) {
    EXPECT_LE(batch.body.size(), beacon_bytes_max);
    events += batch.events;
    ++bodies;
    page.client.settle(200, 0, page.now);
  }
  EXPECT_EQ(events, 50u);
  EXPECT_LE(bodies, 2u);
}

TEST(Client, SendsWhatIsInFlightOnceMoreWhenThePageIsLeft) {
  Page page;
  page.record("x");
  page.now.ms = 100;
  const Json first = page.take();
  EXPECT_TRUE(page.take().is_null());
  EXPECT_EQ(page.take(true)["events"], first["events"]);
}

TEST(Client, SendsFoldedRepeatsWhenThePageIsLeft) {
  Page page;
  for (int i = 0; i < 5; ++i) page.record("same");
  const Json body = page.take(true);
  ASSERT_EQ(body["events"].size(), 2u);
  EXPECT_EQ(body["events"][1]["count"], 4);
}

/// An event of `bytes` bytes when it is sent, none of its texts long enough to be cut.
std::string event_of_size(std::size_t bytes) {
  std::string line = event("big");
  line.insert(line.size() - 1, R"(,"breadcrumbs":[])");
  std::size_t left = bytes - 50 - line.size();  // What `event_id` adds.
  std::string texts;
  for (; left > 600; left -= 503) texts += '"' + std::string(500, 'x') + "\",";
  texts += '"' + std::string(left - 2, 'x') + '"';
  return line.insert(line.size() - 2, texts);
}

TEST(Client, TakesAnEventOfTheLargestSizeAndCountsOneThatIsLarger) {
  Page page;
  EXPECT_TRUE(page.client.record(event_of_size(event_bytes_max), 1, 1, page.now));
  EXPECT_FALSE(page.client.record(event_of_size(event_bytes_max + 1), 2, 1, page.now));
  EXPECT_EQ(page.client.discarded(Drop::queue_full), 1u);
}

TEST(Client, CountsWhatCameBeforeItWasLoaded) {
  Page page;
  EXPECT_TRUE(page.client.record(event("early"), 1, 7, page.now));
  EXPECT_TRUE(page.client.repeats(1, page.now));
  const std::vector<Json> bodies = page.run(60'000);
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0]["events"][0]["count"], 7);
  EXPECT_EQ(occurrences(bodies), 8u);
}

}  // namespace
}  // namespace mayday
