#include <fcntl.h>

#include <filesystem>
#include <vector>

#include "origin/migrations/migrations.h"
#include "origin/store/day.h"
#include "origin/store/day_files_sqlite.h"
#include "origin/store/event_writer_sqlite.h"
#include "origin/store/migrate_sqlite.h"
#include "origin/store/query_sqlite.h"
#include "tests/origin/events.h"

// What is SQLite's own: files of days, what becomes of them, and the wider counts.
namespace mayday::origin::test {
namespace {

using sqlite::DayFiles;
using sqlite::EventWriter;

constexpr std::int64_t today = day_of(noon);
constexpr std::int64_t deadline_ms = std::numeric_limits<std::int64_t>::max();

class SqliteDays : public testing::Test {
 protected:
  SqliteDays() { std::filesystem::create_directory(files_.folder()); }

  EventWriter writer(std::int64_t retention_days = 30, std::uint64_t retention_bytes = 0) {
    return EventWriter(files_, {retention_days, retention_bytes, [this] { return now_; }});
  }

  static void write(EventWriter& writer, std::string lines) {
    AppendQueue::Job job{
        .batch = std::make_shared<const EventBatch>(std::move(lines), noon), .done = {}, .appended = {}};
    std::vector<const EventRow*> added;
    ASSERT_TRUE(writer.write({&job, 1}, added));
  }

  Folder folder_;
  DayFiles files_{folder_.file("mayday.events")};
  Timestamp now_ = noon;
};

/// Events of three days, each minute one, of seven fingerprints.
std::string many_events(int first_number, std::int64_t shift_ms = 0) {
  std::string lines;
  for (int i = 0; i < 3'000; ++i) {
    char fingerprint[17];
    std::snprintf(fingerprint, sizeof fingerprint, "%016x", 1 + i % 7);
    lines += line_of({.number = first_number + i,
                      .level = i % 3 == 0 ? "warn" : "error",
                      .release = i % 2 == 0 ? "1.0" : "2.0",
                      .fingerprint = fingerprint,
                      .age_ms = shift_ms + i * minute_ms,
                      .user_id = "u" + std::to_string(i % 5),
                      .route = "/page/" + std::to_string(i % 4)});
  }
  return lines;
}

std::string overview(sqlite::Readers& readers, Timestamp since, Timestamp until) {
  const Result<Rollup> rollup = sqlite::query_overview(readers, {.since = since, .until = until}, deadline_ms);
  const Result<std::vector<ErrorPattern>> errors =
      sqlite::query_error_patterns(readers, {.since = since, .until = until, .occurrences_min = 1}, deadline_ms);
  EXPECT_TRUE(rollup);
  EXPECT_TRUE(errors);
  std::string text;
  const auto add = [&text](auto... numbers) { ((text += std::to_string(numbers) + " "), ...); };
  for (const PatternCount& pattern : rollup->patterns) {
    add(pattern.fingerprint, pattern.occurrences, pattern.last_seen.ms, pattern.first_seen.ms,
        static_cast<int>(pattern.level));
  }
  for (const ErrorPattern& pattern : *errors) {
    add(pattern.fingerprint.value_or(0), pattern.occurrences, pattern.last_seen.ms, pattern.affected_users);
  }
  return text;
}

const std::pair<std::int64_t, std::int64_t> ranges_ms[] = {{hour_ms, 0},
                                                           {day_ms, 0},
                                                           {3 * day_ms, 0},
                                                           {2 * day_ms + 7 * minute_ms, 3 * minute_ms},
                                                           {50 * hour_ms, 13 * hour_ms}};

TEST_F(SqliteDays, WiderCountsAnswerTheSame) {
  EventWriter writer = this->writer();
  write(writer, many_events(1));
  sqlite::Readers readers(files_);
  std::vector<std::string> before;
  for (const auto& [since, until] : ranges_ms) {
    before.push_back(overview(readers, {noon.ms - since}, {noon.ms - until}));
  }
  writer.roll_up_all();
  std::size_t at = 0;
  for (const auto& [since, until] : ranges_ms) {
    EXPECT_FALSE(before[at].empty());
    EXPECT_EQ(overview(readers, {noon.ms - since}, {noon.ms - until}), before[at++]) << since << " to " << until;
  }
}

TEST_F(SqliteDays, WiderCountsTakeInWhatComesLate) {
  EventWriter writer = this->writer();
  write(writer, many_events(1));
  writer.roll_up_all();
  write(writer, many_events(10'000, 1'000));
  sqlite::Readers rolled(files_);
  Folder other;
  DayFiles files(other.file("x.events"));
  std::filesystem::create_directory(files.folder());
  EventWriter at_once(files, {30, 0, [] { return noon; }});
  write(at_once, many_events(1) + many_events(10'000, 1'000));
  sqlite::Readers plain(files);
  for (const auto& [since, until] : ranges_ms) {
    const Timestamp from{noon.ms - since};
    EXPECT_EQ(overview(rolled, from, {noon.ms - until}), overview(plain, from, {noon.ms - until})) << since;
  }
}

TEST_F(SqliteDays, DaysThatAreTooOldGoWhole) {
  EventWriter writer = this->writer(2);
  write(writer, line_of({.number = 1, .age_ms = 2 * day_ms}) + line_of({.number = 2, .age_ms = day_ms}) +
                    line_of({.number = 3}));
  EXPECT_EQ(files_.days(), (std::vector<std::int64_t>{today - 2, today - 1, today}));
  now_ = {noon.ms + day_ms};
  writer.tend();
  EXPECT_EQ(files_.days(), (std::vector<std::int64_t>{today - 1, today}));
  // What still comes of that day stands where it was received.
  write(writer, line_of({.number = 4, .age_ms = 2 * day_ms}));
  EXPECT_EQ(files_.days(), (std::vector<std::int64_t>{today - 1, today}));
}

TEST_F(SqliteDays, TheOldestDaysGoWhereThereIsTooMuch) {
  EventWriter writer = this->writer(30, 1);
  write(writer, line_of({.number = 1, .age_ms = 2 * day_ms}) + line_of({.number = 2, .age_ms = day_ms}) +
                    line_of({.number = 3}));
  writer.tend();
  EXPECT_EQ(files_.days(), std::vector<std::int64_t>{today}) << "the newest stays, however much it is";
}

TEST_F(SqliteDays, NothingIsWrittenIntoADayThatIsGone) {
  EventWriter ours = writer();
  write(ours, line_of({.number = 1, .age_ms = day_ms}));
  ASSERT_TRUE(files_.drop(today - 1)) << "as another process does";
  write(ours, line_of({.number = 2, .age_ms = day_ms}));
  sqlite::Readers readers(files_);
  const Result<EventPage> page = sqlite::query_events(readers, {}, 10, std::nullopt, deadline_ms);
  ASSERT_TRUE(page);
  EXPECT_EQ(numbers_of(*page), std::vector<int>{2});
}

TEST_F(SqliteDays, TheTablesOfTheSpecificationCanBeAsked) {
  EventWriter writer = this->writer();
  write(writer, many_events(1));
  Result<sqlite::Database> database = files_.open(today);
  ASSERT_TRUE(database);
  for (const char* sql : {"SELECT count(*) FROM user_errors WHERE severity = 'medium' AND type = 'unknown'",
                          "SELECT sum(count) FROM error_patterns", "SELECT sum(errors) FROM daily_error_stats"}) {
    Result<sqlite::Statement> statement = database->prepare(sql);
    ASSERT_TRUE(statement);
    ASSERT_TRUE(*statement->step());
    EXPECT_EQ(statement->integer(0), 480) << sql;  // Two thirds of the 12 hours' minutes, and noon's own.
  }
}

TEST_F(SqliteDays, SetsOfUsersBecomeFewAndAnswerTheSame) {
  EventWriter writer = this->writer();
  sqlite::Readers readers(files_);
  for (int round = 0; round < 100; ++round) write(writer, round_of_users(round));
  const std::string before = overview(readers, {noon.ms - day_ms}, {noon.ms + 1});
  const auto sets = [this] {
    Result<sqlite::Database> database = files_.open(today);
    Result<sqlite::Statement> count = database->prepare("SELECT count(*) FROM user_sets");
    EXPECT_TRUE(*count->step());
    return count->integer(0);
  };
  EXPECT_EQ(sets(), 200);
  writer.tend();
  EXPECT_EQ(sets(), 2);
  EXPECT_EQ(overview(readers, {noon.ms - day_ms}, {noon.ms + 1}), before);
  // Another process counts what it finds.
  for (int round = 100; round < 115; ++round) write(writer, round_of_users(round));
  write(writer, round_of_users(115));
  const std::string after = overview(readers, {noon.ms - day_ms}, {noon.ms + 1});
  EventWriter other = this->writer();
  other.tend();
  EXPECT_LE(sets(), 4);
  EXPECT_EQ(overview(readers, {noon.ms - day_ms}, {noon.ms + 1}), after);
}

TEST_F(SqliteDays, UsersOfBeforeThereWereSetsAreKept) {
  {
    Result<sqlite::Database> database = sqlite::Database::open(files_.path_of(today), {});
    ASSERT_TRUE(database);
    ASSERT_TRUE(sqlite::migrate(*database, migrations::events_sqlite().first(1)));
    ASSERT_TRUE(
        database->execute("INSERT INTO patterns VALUES (170, 'm', NULL, 0, NULL, NULL, 1, 2, 3);"
                          "INSERT INTO user_days VALUES (170, 1, 1, 0, 0, 0, 0, 1), (170, -5, 2, 0, 0, 0, 0, 1),"
                          " (170, 9, 0, 0, 0, 1, 1, 1), (0, 8, 1, 0, 0, 0, 0, 1)"));
  }
  EventWriter writer = this->writer();
  write(writer, line_of({.number = 1, .fingerprint = "00000000000000aa", .user_id = "u"}));
  sqlite::Readers readers(files_);
  const auto found = sqlite::query_error_pattern(readers, 170, deadline_ms);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->affected_users, 3u) << "who only recovered has had no error";
}

/// What an origin of before there was a file a day has left behind.
void make_single_file(const std::string& path, int events) {
  Result<sqlite::Database> database = sqlite::Database::open(path, {});
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("PRAGMA journal_mode=WAL"));
  ASSERT_TRUE(
      database->execute("CREATE TABLE events (id INTEGER PRIMARY KEY, received_ms INTEGER, body TEXT);"
                        "PRAGMA user_version=1"));
  Result<sqlite::Statement> insert = database->prepare("INSERT INTO events (received_ms, body) VALUES (?1, ?2)");
  ASSERT_TRUE(insert);
  for (int i = 0; i < events; ++i) {
    std::string line = line_of({.number = i, .age_ms = i * 60'000});
    line.pop_back();
    insert->bind(1, noon.ms);
    insert->bind(2, line);
    ASSERT_TRUE(insert->run());
  }
}

TEST(SqliteUpgrade, MovesTheEventsOfASingleFile) {
  const Folder folder;
  const std::string path = folder.file("mayday.db");
  constexpr int events = 4'500;
  make_single_file(path, events);
  std::unique_ptr<Store> store = open_store(path);
  ASSERT_TRUE(store);
  EXPECT_FALSE(std::filesystem::exists(path)) << "its place is free for the desk";
  const Result<EventPage> page = store->query({}, 10'000, std::nullopt);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->bodies.size(), static_cast<std::size_t>(events));
  store.reset();
  store = open_store(path);
  EXPECT_EQ(store->query({}, 10'000, std::nullopt)->bodies.size(), static_cast<std::size_t>(events));
}

TEST(SqliteUpgrade, GoesOnWhereItWasInterrupted) {
  const Folder folder;
  const std::string path = folder.file("mayday.db");
  make_single_file(path, 100);
  // Moved aside, and half of it read already, when the process ended.
  open_store(folder.file("other.db")).reset();
  std::filesystem::rename(folder.file("other.events"), folder.file("mayday.events"));
  std::filesystem::rename(path, folder.file("mayday.events/before.db"));
  for (const char* suffix : {"-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::rename(path + suffix, folder.file("mayday.events/before.db") + suffix, ignored);
  }
  const std::unique_ptr<Store> store = open_store(path);
  EXPECT_EQ(store->query({}, 1'000, std::nullopt)->bodies.size(), 100u);
  EXPECT_FALSE(std::filesystem::exists(folder.file("mayday.events/before.db")));
}

TEST(SqliteFiles, RefusesBeforeTheDiskIsFull) {
  const Folder folder;
  StoreOptions options;
  options.path = folder.file("full.db");
  options.disk_free_bytes_min = ~std::uint64_t{0};
  Result<std::unique_ptr<Store>> store = open_sqlite_store(std::move(options));
  ASSERT_TRUE(store);
  const Result<Appended> appended = append(**store, line_of({.number = 1}));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, Code::disk_full);
  EXPECT_EQ((*store)->refusal(), Code::disk_full);
}

TEST(SqliteFiles, DoesNotOpenWhatIsNoDatabase) {
  const Folder folder;
  const std::string path = folder.file("text.db");
  std::FILE* file = std::fopen(path.c_str(), "we");
  std::fputs("this is not a database, but long enough to be asked whether it is one", file);
  std::fclose(file);
  StoreOptions options;
  options.path = path;
  EXPECT_FALSE(open_sqlite_store(std::move(options)));
}

}  // namespace
}  // namespace mayday::origin::test
