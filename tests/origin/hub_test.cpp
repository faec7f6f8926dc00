#include "origin/live/hub.h"

#include "tests/origin/events.h"

namespace mayday::origin::test {
namespace {

std::vector<const EventRow*> rows_of(const EventBatch& batch) {
  std::vector<const EventRow*> rows;
  for (const EventRow& row : batch.rows()) rows.push_back(&row);
  return rows;
}

TEST(Hub, SendsEachEventToEveryListenerFromThenOn) {
  live::Hub hub;
  const EventBatch before(line_of({.number = 1}), noon);
  const EventBatch after(line_of({.number = 2}), noon);
  hub.publish(rows_of(before));
  const auto first = hub.subscribe();
  const auto second = hub.subscribe();
  hub.publish(rows_of(after));
  const std::string wanted = "id: " + id_of(2) + "\ndata: " + std::string(after.rows()[0].body) + "\n\n";
  EXPECT_EQ(first->take(), wanted);
  EXPECT_EQ(second->take(), wanted);
  EXPECT_EQ(first->take(), "");
}

TEST(Hub, TellsASlowListenerToStartAnew) {
  live::Hub hub;
  const auto slow = hub.subscribe();
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += line_of({.number = i, .message = std::string(400, 'x')});
  const EventBatch batch(lines, noon);
  for (int i = 0; i < 4; ++i) hub.publish(rows_of(batch));
  EXPECT_EQ(slow->take(), "event: reset\ndata: {}\n\n");
  const EventBatch next(line_of({.number = 1}), noon);
  hub.publish(rows_of(next));
  EXPECT_TRUE(slow->take().starts_with("id: "));
}

TEST(Hub, WakesOnceForWhatWaits) {
  live::Hub hub;
  int wakes = 0;
  const auto listener = hub.subscribe();
  listener->set_wake([&] { ++wakes; });
  const EventBatch batch(line_of({.number = 1}), noon);
  hub.publish(rows_of(batch));
  hub.publish(rows_of(batch));
  EXPECT_EQ(wakes, 1);
  listener->take();
  hub.publish(rows_of(batch));
  EXPECT_EQ(wakes, 2);
}

TEST(Hub, CountsOnlyWhoStillListens) {
  live::Hub hub;
  auto listener = hub.subscribe();
  EXPECT_EQ(hub.subscribers(), 1u);
  listener.reset();
  EXPECT_EQ(hub.subscribers(), 0u);
}

TEST(Hub, TakesABoundedNumberOfListeners) {
  live::Hub hub;
  std::vector<std::shared_ptr<live::Subscription>> listeners;
  for (std::size_t i = 0; i < live::Hub::subscribers_max; ++i) listeners.push_back(hub.subscribe());
  EXPECT_NE(listeners.back(), nullptr);
  EXPECT_EQ(hub.subscribe(), nullptr);
  listeners.pop_back();
  EXPECT_NE(hub.subscribe(), nullptr);
}

TEST(Hub, EndsEveryStreamWhenItCloses) {
  live::Hub hub;
  bool was_woken = false;
  const auto listener = hub.subscribe();
  listener->set_wake([&] { was_woken = true; });
  hub.close();
  EXPECT_TRUE(listener->closed());
  EXPECT_TRUE(was_woken);
  EXPECT_EQ(hub.subscribe(), nullptr);
}

}  // namespace
}  // namespace mayday::origin::test
