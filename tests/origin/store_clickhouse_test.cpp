#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "origin/store/event_writer_clickhouse.h"
#include "tests/origin/store_engines.h"

// What is ClickHouse's own: partitions, and the tables that people ask themselves.
namespace mayday::origin::test {
namespace {

using clickhouse::Client;
using clickhouse::EventWriter;

constexpr std::int64_t today = day_of(noon);

class ClickHouseDays : public testing::Test {
 protected:
  ClickHouseDays() : engine_(make_engine("ClickHouse")), client_(engine_->url(), 60'000) {
    StoreOptions options;
    options.now = [] { return noon; };
    MAYDAY_ASSERT(engine_->open(std::move(options)));
  }

  EventWriter writer(std::int64_t retention_days, std::uint64_t retention_bytes, Timestamp now) {
    return EventWriter(
        client_, {.retention_days = retention_days, .retention_bytes = retention_bytes, .now = [now] { return now; }},
        bytes_);
  }

  static Appended write(EventWriter& writer, std::string lines) {
    AppendQueue::Job job{
        .batch = std::make_shared<const EventBatch>(std::move(lines), noon), .done = {}, .appended = {}};
    std::vector<const EventRow*> added;
    EXPECT_TRUE(writer.write({&job, 1}, added));
    return job.appended;
  }

  std::vector<std::int64_t> ask(std::string_view sql) {
    const auto rows = client_.ask(sql);
    EXPECT_TRUE(rows);
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; rows && i < rows->size(); ++i) numbers.push_back((*rows)[i].at(0).get<std::int64_t>());
    return numbers;
  }

  std::unique_ptr<Engine> engine_;
  Client client_;
  std::atomic<std::uint64_t> bytes_ = 0;
};

TEST_F(ClickHouseDays, DaysThatAreTooOldOrTooMuchGoWhole) {
  EventWriter first = writer(2, 0, noon);
  EXPECT_EQ(write(first, line_of({.number = 1, .age_ms = 2 * day_ms}) + line_of({.number = 2, .age_ms = day_ms}) +
                             line_of({.number = 3}))
                .stored,
            3u);
  writer(2, 0, {noon.ms + day_ms}).tend();
  constexpr const char* days = "SELECT DISTINCT toUInt32(toDate(occurred)) AS d FROM origin_events ORDER BY d";
  EXPECT_EQ(ask(days), (std::vector<std::int64_t>{today - 1, today}));
  EXPECT_EQ(ask("SELECT sum(occurrences) FROM origin_minutes"), std::vector<std::int64_t>{2});
  EXPECT_GT(bytes_.load(), 0u);
  writer(30, 1, noon).tend();
  EXPECT_EQ(ask(days), std::vector<std::int64_t>{today}) << "today stays, however much it is";
}

TEST_F(ClickHouseDays, OriginsThatAreSentTheSameEventsAtOnceCountThemOnce) {
  const PostgresDatabase turns;
  constexpr int batches = 10;
  const auto run = [&] {
    EventWriter writer(
        client_, {.retention_days = 30, .retention_bytes = 0, .turns_url = turns.url(), .now = [] { return noon; }},
        bytes_);
    for (int batch = 0; batch < batches; ++batch) write(writer, line_of({.number = batch, .count = 3}));
  };
  std::vector<std::thread> origins;
  for (int i = 0; i < 3; ++i) origins.emplace_back(run);
  for (std::thread& origin : origins) origin.join();
  EXPECT_EQ(ask("SELECT sum(occurrences) FROM origin_minutes"), std::vector<std::int64_t>{3 * batches});
  EXPECT_EQ(ask("SELECT count() FROM origin_events"), std::vector<std::int64_t>{batches});
}

TEST(ClickHouse, DropsDaysItselfThatAreKeptNoMore) {
  const std::unique_ptr<Engine> engine = make_engine("ClickHouse");
  // ClickHouse has a clock of its own: days are counted from the real one.
  StoreOptions options;
  options.retention_days = 60;
  {
    const Result<std::unique_ptr<Store>> store = engine->open(options);
    ASSERT_TRUE(store);
    const std::int64_t shift_ms = noon.ms - wall_clock_now().ms;  // Samples tell their age before noon.
    ASSERT_TRUE(append(**store, line_of({.number = 1, .age_ms = shift_ms + 40 * day_ms}) +
                                    line_of({.number = 2, .age_ms = shift_ms + 29 * day_ms}) +
                                    line_of({.number = 3, .age_ms = shift_ms + hour_ms})));
  }
  Client client(engine->url(), 60'000);
  const auto days = [&](const std::string& table) {
    EXPECT_TRUE(client.run("OPTIMIZE TABLE " + table + " FINAL"));
    const auto rows = client.ask("SELECT count() FROM " + table);
    return rows ? rows->front().at(0).get<int>() : -1;
  };
  EXPECT_EQ(days("origin_events"), 3);
  options.retention_days = 30;
  ASSERT_TRUE(engine->open(options));
  for (const char* table : {"origin_events", "origin_minutes"}) EXPECT_EQ(days(table), 2) << table;
}

TEST_F(ClickHouseDays, TheTablesOfTheSpecificationCanBeAsked) {
  EventWriter first = writer(30, 0, noon);
  write(first, line_of({.number = 1, .fingerprint = "00000000000000aa", .count = 5, .user_id = "u"}) +
                   line_of({.number = 2, .level = "info"}));
  EXPECT_EQ(ask("SELECT sum(occurrences) FROM user_errors WHERE severity = 'medium' AND type = 'unknown'"),
            std::vector<std::int64_t>{5});
  EXPECT_EQ(ask("SELECT count FROM error_patterns WHERE hash = '00000000000000aa'"), std::vector<std::int64_t>{5});
  EXPECT_EQ(ask("SELECT errors FROM daily_error_stats WHERE user_id = 'u'"), std::vector<std::int64_t>{5});
}

TEST(ClickHouse, QuotesWhatCouldEndALiteral) {
  EXPECT_EQ(clickhouse::quote(std::string_view("a'b\\c\0", 6)), "'a\\'b\\\\c\\0'");
}

}  // namespace
}  // namespace mayday::origin::test
