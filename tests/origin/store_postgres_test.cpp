#include <atomic>
#include <bit>
#include <thread>
#include <vector>

#include "origin/clock.h"
#include "origin/migrations/migrations.h"
#include "origin/store/day.h"
#include "origin/store/event_writer_postgres.h"
#include "origin/store/tally.h"
#include "tests/origin/store_engines.h"

// What is PostgreSQL's own: partitions, several origins at once, and connections that are lost.
namespace mayday::origin::test {
namespace {

using postgres::Connection;
using postgres::EventWriter;

constexpr std::int64_t today = day_of(noon);

class PostgresDays : public testing::Test {
 protected:
  PostgresDays() {
    Result<Connection> connection = Connection::open(database_.url());
    MAYDAY_ASSERT(connection);
    connection_.emplace(std::move(*connection));
    MAYDAY_ASSERT(postgres::migrate(*connection_, "events", migrations::events_postgres()));
  }

  EventWriter writer(std::int64_t retention_days = 30, std::uint64_t retention_bytes = 0) {
    return EventWriter({database_.url(), retention_days, retention_bytes, [this] { return now_; }}, bytes_);
  }

  static Appended write(EventWriter& writer, std::string lines) {
    AppendQueue::Job job{
        .batch = std::make_shared<const EventBatch>(std::move(lines), noon), .done = {}, .appended = {}};
    std::vector<const EventRow*> added;
    EXPECT_TRUE(writer.write({&job, 1}, added));
    return job.appended;
  }

  std::unique_ptr<Store> store() {
    StoreOptions options;
    options.now = [this] { return now_; };
    Result<std::unique_ptr<Store>> opened = open_postgres_store(database_.url(), std::move(options));
    MAYDAY_ASSERT(opened);
    return std::move(*opened);
  }

  std::vector<std::int64_t> ask(std::string_view sql) {
    const Result<postgres::Rows> rows = connection_->run(sql);
    EXPECT_TRUE(rows);
    std::vector<std::int64_t> numbers;
    for (int row = 0; rows && row < rows->count(); ++row) numbers.push_back(rows->integer(row, 0));
    return numbers;
  }

  /// What stands in the bytes of user_counts, as SQL reads them.
  std::int64_t user_errors() {
    return ask(
        "SELECT sum(('x' || encode(substring(users FROM place * 40 + 9 FOR 8), 'hex'))::bit(64)::bigint)"
        " FROM user_counts, generate_series(0, length(users) / 40 - 1) AS place")[0];
  }

  /// Days that have events; those made ahead have none.
  std::vector<std::int64_t> days() { return ask("SELECT DISTINCT occurred_ms / 86400000 FROM events ORDER BY 1"); }

  PostgresDatabase database_;
  std::optional<Connection> connection_;
  std::atomic<std::uint64_t> bytes_ = 0;
  Timestamp now_ = noon;
};

std::string many_events(int first_number, std::int64_t shift_ms = 0) {
  std::string lines;
  for (int i = 0; i < 900; ++i) {
    lines += line_of({.number = first_number + i,
                      .level = i % 3 == 0 ? "warn" : "error",
                      .release = i % 2 == 0 ? "1.0" : "2.0",
                      .fingerprint = "000000000000000" + std::to_string(1 + i % 7),
                      .age_ms = shift_ms + i * 3 * minute_ms,
                      .user_id = "u" + std::to_string(i % 5),
                      .route = "/page/" + std::to_string(i % 4)});
  }
  return lines;
}

std::string overview(Store& store, Timestamp since, Timestamp until) {
  const Result<Rollup> rollup = store.minutes({.since = since, .until = until});
  const Result<std::vector<ErrorPattern>> errors =
      store.error_patterns({.since = since, .until = until, .occurrences_min = 1});
  EXPECT_TRUE(rollup);
  EXPECT_TRUE(errors);
  std::string text;
  const auto add = [&text](auto... numbers) { ((text += std::to_string(numbers) + " "), ...); };
  for (const PatternCount& pattern : rollup->patterns) {
    add(pattern.fingerprint, pattern.occurrences, pattern.last_seen.ms, pattern.first_seen.ms);
  }
  for (const ErrorPattern& pattern : *errors) {
    add(pattern.fingerprint.value_or(0), pattern.occurrences, pattern.last_seen.ms, pattern.affected_users);
  }
  return text;
}

TEST_F(PostgresDays, WiderCountsAnswerTheSameAndTakeInWhatComesLate) {
  const std::unique_ptr<Store> store = this->store();
  EventWriter writer = this->writer();
  write(writer, many_events(1));
  const std::pair<std::int64_t, std::int64_t> ranges_ms[] = {
      {hour_ms, 0}, {day_ms, 0}, {2 * day_ms + 7 * minute_ms, 3 * minute_ms}, {40 * hour_ms, 13 * hour_ms}};
  std::vector<std::string> before;
  for (const auto& [since, until] : ranges_ms) {
    before.push_back(overview(*store, {noon.ms - since}, {noon.ms - until}));
  }
  // Two days of 24 + 4 + 1 spans, and the 11 hours and six hours of today that are over by ten minutes.
  while (ask("SELECT count(*) FROM rolled")[0] < 2 * 29 + 12) writer.tend();
  std::size_t at = 0;
  for (const auto& [since, until] : ranges_ms) {
    EXPECT_EQ(overview(*store, {noon.ms - since}, {noon.ms - until}), before[at++]) << since;
  }
  write(writer, many_events(5'000));
  const Result<Rollup> rollup = store->minutes({.since = {noon.ms - 3 * day_ms}, .until = {noon.ms + minute_ms}});
  std::uint64_t occurrences = 0;
  for (const PatternCount& pattern : rollup->patterns) occurrences += pattern.occurrences;
  EXPECT_EQ(occurrences, 1'800u);
}

TEST_F(PostgresDays, DaysThatAreTooOldOrTooMuchGoWhole) {
  EventWriter writer = this->writer(2);
  const std::string lines =
      line_of({.number = 1, .age_ms = 2 * day_ms}) + line_of({.number = 2, .age_ms = day_ms}) + line_of({.number = 3});
  write(writer, lines);
  EXPECT_EQ(days(), (std::vector<std::int64_t>{today - 2, today - 1, today}));
  now_ = {noon.ms + day_ms};
  writer.tend();
  EXPECT_EQ(days(), (std::vector<std::int64_t>{today - 1, today}));
  EXPECT_TRUE(ask("SELECT 1 FROM event_minutes WHERE day = " + std::to_string(today - 2)).empty());
  EXPECT_GT(bytes_.load(), 0u);
  now_ = noon;
  EventWriter small = this->writer(30, 1);
  small.tend();
  EXPECT_EQ(days(), std::vector<std::int64_t>{today}) << "today stays, however much it is";
  // The first writer still believes in yesterday's partition.
  EXPECT_EQ(write(writer, lines).stored, 2u);
}

TEST_F(PostgresDays, SeveralOriginsStoreEachEventOnce) {
  const auto run = [this] {
    EventWriter writer = this->writer();
    for (int i = 0; i < 20; ++i) {
      std::string lines;
      for (int k = 0; k < 20; ++k) {
        const int number = i * 20 + k;
        lines += line_of({.number = number,
                          .fingerprint = "000000000000000" + std::to_string(number % 9),
                          .age_ms = 12 * hour_ms + (number % 3 - 1) * minute_ms,
                          .user_id = "u" + std::to_string(number % 4)});
      }
      write(writer, std::move(lines));
    }
  };
  std::thread other(run);
  run();
  other.join();
  EXPECT_EQ(ask("SELECT count(*) FROM events")[0], 400);
  EXPECT_EQ(ask("SELECT sum(occurrences) FROM event_minutes")[0], 400);
  EXPECT_EQ(user_errors(), 400);
}

/// Another origin that has written an event, and has not committed yet.
class Unfinished {
 public:
  Unfinished(const std::string& url, int number) {
    Result<Connection> connection = Connection::open(url);
    MAYDAY_ASSERT(connection);
    connection_.emplace(std::move(*connection));
    run("BEGIN");
    run("INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release, message,"
        " occurrences, severity, error_kind, user_blocked, recovery_attempted, recovered, body) VALUES ('" +
        id_of(number) + "', " + std::to_string(noon.ms) +
        ", 0, 0, '', '', '', '', 1, 0, 0, false, false, false, '{}')");
  }

  bool is_waited_for() {
    const Result<postgres::Rows> waiting =
        connection_->run("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))");
    return waiting && waiting->integer(0, 0) > 0;
  }

  void commit() { run("COMMIT"); }

 private:
  void run(const std::string& sql) { EXPECT_TRUE(connection_->run(sql)) << sql; }

  std::optional<Connection> connection_;
};

TEST_F(PostgresDays, WaitsForOthersThatWriteTheSameEventsAndTellsWhichWereNew) {
  EventWriter writer = this->writer();
  write(writer, line_of({.number = 1'000}));  // Makes the partition.
  constexpr int others_count = 5;
  std::vector<Unfinished> others;
  for (int number = 1; number <= others_count; ++number) others.emplace_back(database_.url(), number);
  std::string lines;
  for (int number = 20; number > 0; --number) lines += line_of({.number = number});
  Appended appended;
  std::thread writing([&] { appended = write(writer, lines); });
  // One after the other: COPY fails at the first of them, and what comes then at none.
  for (Unfinished& other : others) {
    const std::int64_t deadline_ms = steady_ms() + 20'000;
    while (!other.is_waited_for() && steady_ms() < deadline_ms) std::this_thread::yield();
    EXPECT_TRUE(other.is_waited_for());
    other.commit();
  }
  writing.join();
  EXPECT_EQ(appended.stored, 15u);
  EXPECT_EQ(appended.known, 5u);
  EXPECT_EQ(ask("SELECT count(*) FROM events")[0], 21);
  EXPECT_EQ(ask("SELECT sum(occurrences) FROM event_minutes")[0], 16) << "what others count is theirs";
}

TEST_F(PostgresDays, SetsOfUsersBecomeFewAndAnswerTheSame) {
  const std::unique_ptr<Store> store = this->store();
  EventWriter writer = this->writer();
  for (int round = 0; round < 100; ++round) write(writer, round_of_users(round));
  const std::string before = overview(*store, {noon.ms - day_ms}, {noon.ms + 1});
  EXPECT_EQ(ask("SELECT count(*) FROM user_sets")[0], 400);
  writer.tend();
  EXPECT_EQ(ask("SELECT count(*) FROM user_sets")[0], 4);
  EXPECT_EQ(overview(*store, {noon.ms - day_ms}, {noon.ms + 1}), before);
  for (int round = 100; round < 116; ++round) write(writer, round_of_users(round));
  const std::string after = overview(*store, {noon.ms - day_ms}, {noon.ms + 1});
  // Another origin counts what it finds; both may be at it.
  const auto tend = [this] { this->writer().tend(); };
  std::thread other(tend);
  tend();
  other.join();
  EXPECT_LE(ask("SELECT count(*) FROM user_sets")[0], 8);
  EXPECT_EQ(overview(*store, {noon.ms - day_ms}, {noon.ms + 1}), after);
}

TEST(Postgres, UsersOfBeforeThereWereSetsAreKept) {
  const PostgresDatabase database;
  Result<Connection> connection = Connection::open(database.url());
  ASSERT_TRUE(connection);
  ASSERT_TRUE(postgres::migrate(*connection, "events", migrations::events_postgres().first(1)));
  const std::string day = std::to_string(today);
  ASSERT_TRUE(connection->run("SELECT mayday_make_day(" + day + ")"));
  ASSERT_TRUE(connection->run("INSERT INTO patterns VALUES (" + day + ", 170, 'm', NULL, 0, NULL, NULL, 1, 2, 3)"));
  ASSERT_TRUE(
      connection->run("INSERT INTO user_days SELECT " + day +
                      ", f, u, 'x', e, 0, 0, 1, 1 FROM (VALUES (170, 1, 1), (170, -5, 2), (170, 9, 0), (0, 8, 1))"
                      " AS v (f, u, e)"));
  StoreOptions options;
  options.now = [] { return noon; };
  const Result<std::unique_ptr<Store>> store = open_postgres_store(database.url(), std::move(options));
  ASSERT_TRUE(store);
  ASSERT_TRUE(append(**store, line_of({.number = 1, .fingerprint = "00000000000000aa", .user_id = "u"})));
  const Result<std::optional<ErrorPattern>> found = (*store)->error_pattern(170);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->affected_users, 3u) << "who only recovered has had no error";
}

TEST(Postgres, StrugglingUsersOfBeforeThereWereCountsInBytesAreKept) {
  const PostgresDatabase database;
  Result<Connection> connection = Connection::open(database.url());
  ASSERT_TRUE(connection);
  ASSERT_TRUE(postgres::migrate(*connection, "events", migrations::events_postgres().first(2)));
  const std::string day = std::to_string(today);
  const std::string at = std::to_string(noon.ms / minute_ms - 5);
  ASSERT_TRUE(connection->run("SELECT mayday_make_day(" + day + ")"));
  ASSERT_TRUE(connection->run(
      "INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release, message, user_id,"
      " occurrences, severity, error_kind, user_blocked, recovery_attempted, recovered, body) VALUES ('" +
      id_of(1) + "', " + std::to_string(noon.ms - 4 * minute_ms) +
      ", 0, 3, '', '', '', '', 'u', 7, 2, 0, true, false, false, '{}')"));
  const std::string key = std::to_string(std::bit_cast<std::int64_t>(user_key("u")));
  ASSERT_TRUE(connection->run("INSERT INTO user_spans VALUES (" + day + ", " + at + ", " + key + ", 'u', 7, 2), (" +
                              day + ", " + at + " - 90, " + key + ", 'u', 9, 9)"));
  StoreOptions options;
  options.now = [] { return noon; };
  const Result<std::unique_ptr<Store>> store = open_postgres_store(database.url(), std::move(options));
  ASSERT_TRUE(store);
  ASSERT_TRUE(append(**store, line_of({.number = 2, .user_id = "u"})));
  const auto users = (*store)->struggling_users({noon.ms - hour_ms}, 5, 10);
  ASSERT_TRUE(users && users->size() == 1u);
  EXPECT_EQ(users->front().user_id, "u");
  EXPECT_EQ(users->front().errors, 8u);
  EXPECT_EQ(users->front().blocked, 2u);
  EXPECT_EQ(users->front().last_seen.ms, noon.ms);
}

TEST_F(PostgresDays, SeveralOriginsMayStartTogether) {
  const PostgresDatabase database;
  std::atomic<int> started = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { started += open_postgres_store(database.url(), {}) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(started, 4);
}

TEST_F(PostgresDays, GoesOnAfterItsConnectionsAreLost) {
  const std::unique_ptr<Store> store = this->store();
  ASSERT_TRUE(append(*store, line_of({.number = 1})));
  ASSERT_EQ(test::ask(*store, {}), std::vector<int>{1});
  ask("SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid()");
  ASSERT_TRUE(append(*store, line_of({.number = 2, .age_ms = 1})));
  EXPECT_EQ(test::ask(*store, {}), (std::vector<int>{1, 2}));
}

TEST_F(PostgresDays, TheTablesOfTheSpecificationCanBeAsked) {
  EventWriter writer = this->writer();
  write(writer, many_events(1));
  for (const char* sql : {"SELECT count(*) FROM user_errors WHERE severity = 'medium' AND type = 'unknown'",
                          "SELECT sum(count) FROM error_patterns", "SELECT sum(errors) FROM daily_error_stats"}) {
    EXPECT_EQ(ask(sql), std::vector<std::int64_t>{600}) << sql;
  }
}

TEST_F(PostgresDays, TakesWhatPostgresHasNoRoomFor) {
  EventWriter writer = this->writer();
  const std::string longest(10'000, 'x');
  EXPECT_EQ(write(writer, line_of({.number = 1,
                                   .message = "a\x01" + longest,
                                   .service = longest,
                                   .session_id = longest,
                                   .user_id = longest,
                                   .route = longest}))
                .stored,
            1u);
  std::string line = line_of({.number = 2, .message = "a@b"});
  line.replace(line.find("a@b"), 3, "a\\u0000b");
  EXPECT_EQ(write(writer, line).stored, 1u);
}

TEST(Postgres, RefusesTablesOfANewerVersion) {
  const PostgresDatabase database;
  Result<Connection> connection = Connection::open(database.url());
  ASSERT_TRUE(connection);
  ASSERT_TRUE(postgres::migrate(*connection, "events", migrations::events_postgres()));
  ASSERT_TRUE(connection->run("UPDATE mayday_versions SET version = 999"));
  EXPECT_FALSE(open_postgres_store(database.url(), {}));
}

TEST(Postgres, DoesNotOpenWhereNothingListens) {
  EXPECT_FALSE(open_postgres_store("postgresql://127.0.0.1:1/mayday", {}));
}

}  // namespace
}  // namespace mayday::origin::test
