#include <thread>

#include "origin/sql/database.h"
#include "tests/origin/store_engines.h"

namespace mayday::origin::test {
namespace {

class Sql : public testing::TestWithParam<std::string> {
 protected:
  Sql() {
    if (GetParam() == "Postgres") postgres_.emplace();
    database_ = open();
  }

  std::unique_ptr<sql::Database> open() {
    Result<std::unique_ptr<sql::Database>> opened =
        postgres_ ? sql::open_postgres(postgres_->url()) : sql::open_sqlite(folder_.file("desk.db"));
    MAYDAY_ASSERT(opened);
    return std::move(*opened);
  }

  std::int64_t count() { return database_->run("SELECT count(*) FROM counters")->rows[0].integer(0); }

  Folder folder_;
  std::optional<PostgresDatabase> postgres_;
  std::unique_ptr<sql::Database> database_;
};

TEST_P(Sql, SpeaksNumbersTextsAndNothing) {
  const Result<sql::Answer> answer = database_->run("SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($3 AS TEXT)",
                                                    {sql::number(7), sql::text("ü'"), {}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rows.at(0).text(0), "ü'");
  EXPECT_EQ(answer->rows.at(0).integer(1), 7);
  EXPECT_TRUE(answer->rows.at(0).is_null(2));
  EXPECT_EQ(answer->rows.at(0).text(2), "");
}

TEST_P(Sql, TellsHowManyRowsHaveChanged) {
  constexpr std::string_view insert =
      "INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
  EXPECT_EQ(database_->run(insert, {sql::text("a"), sql::number(1)})->changes, 1);
  EXPECT_EQ(database_->run(insert, {sql::text("a"), sql::number(2)})->changes, 0);
  EXPECT_EQ(database_->run("SELECT value FROM counters WHERE name = $1", {sql::text("a")})->changes, 0);
}

TEST_P(Sql, ATransactionThatFailsLeavesNothing) {
  const std::int64_t before = count();
  const Result<void> done = database_->transact([](sql::Session& session) -> Result<void> {
    if (!session.run("INSERT INTO counters (name, value) VALUES ('b', 1)")) return Error{Code::storage_failed, 0};
    return Error{Code::not_found, 0};
  });
  EXPECT_EQ(done.error().code, Code::not_found);
  EXPECT_EQ(count(), before);
  EXPECT_EQ(database_->run("SELECT nonsense").error().code, Code::storage_failed);
  EXPECT_TRUE(database_->check());
}

TEST_P(Sql, TransactionsOfSeveralThreadsFollowOneAnother) {
  const auto count_up = [this] {
    const std::unique_ptr<sql::Database> mine = open();
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(mine->transact([](sql::Session& session) -> Result<void> {
        const Result<sql::Answer> read = session.run("SELECT value FROM counters WHERE name = 'ticket'");
        if (!read) return read.error();
        const std::int64_t next = read->rows[0].integer(0) + 1;
        const Result<sql::Answer> written =
            session.run("UPDATE counters SET value = $1 WHERE name = 'ticket'", {sql::number(next)});
        return written ? Result<void>() : Result<void>(written.error());
      }));
    }
  };
  std::thread other(count_up);
  count_up();
  other.join();
  EXPECT_EQ(database_->run("SELECT value FROM counters WHERE name = 'ticket'")->rows[0].integer(0), 200);
}

TEST_P(Sql, TakesTextsThatPostgresHasNoRoomFor) {
  const std::string odd("a\0b\xff", 4);
  ASSERT_TRUE(database_->run("INSERT INTO counters (name, value) VALUES ($1, 1)", {sql::text(odd)}));
  EXPECT_EQ(database_->run("SELECT value FROM counters WHERE name = $1", {sql::text(odd)})->rows.size(), 1u);
}

/// Both sets of migrations make the same tables, or what one of them lacks is found out in production.
TEST(SqlTables, AreTheSameOfBothEngines) {
  const Folder folder;
  const PostgresDatabase postgres;
  const Result<std::unique_ptr<sql::Database>> there = sql::open_postgres(postgres.url());
  const Result<std::unique_ptr<sql::Database>> here = sql::open_sqlite(folder.file("desk.db"));
  ASSERT_TRUE(there);
  ASSERT_TRUE(here);
  const auto columns = [](sql::Database& database, std::string_view sql) {
    const Result<sql::Answer> answer = database.run(sql);
    EXPECT_TRUE(answer);
    std::string text;
    for (const sql::Row& row : answer->rows) text.append(row.text(0)).append("\n");
    return text;
  };
  EXPECT_EQ(
      columns(**there,
              "SELECT table_name || '.' || column_name || ' ' || (CASE WHEN is_nullable = 'NO' THEN 'always' ELSE"
              " 'maybe' END) FROM information_schema.columns WHERE table_schema = 'public' AND table_name <>"
              " 'mayday_versions' ORDER BY 1"),
      columns(**here,
              "SELECT t.name || '.' || c.name || ' ' || (CASE WHEN c.\"notnull\" OR c.pk > 0 THEN 'always' ELSE"
              " 'maybe' END) FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table' AND"
              " t.name NOT LIKE 'sqlite%' ORDER BY 1"));
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Of, Sql, testing::Values("Sqlite", "Postgres"),
                         [](const auto& instance) { return instance.param; });

}  // namespace mayday::origin::test
