#include "tests/origin/store_engines.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "origin/sql/postgres_connection.h"
#include "origin/store/clickhouse.h"
#include "origin/store/store_clickhouse.h"

namespace mayday::origin::test {
namespace {

class SqliteEngine final : public Engine {
 public:
  Result<std::unique_ptr<Store>> open(StoreOptions options) override {
    options.path = folder_.file("mayday.db");
    return open_sqlite_store(std::move(options));
  }

 private:
  Folder folder_;
};

class PostgresEngine final : public Engine {
 public:
  Result<std::unique_ptr<Store>> open(StoreOptions options) override {
    return open_postgres_store(database_.url(), std::move(options));
  }

 private:
  PostgresDatabase database_;
};

class ClickHouseEngine final : public Engine {
 public:
  ClickHouseEngine() {
    static int count = 0;
    const char* url = std::getenv("MAYDAY_TEST_CLICKHOUSE_URL");
    EXPECT_NE(url, nullptr) << "./mayday test origin starts ClickHouse and sets MAYDAY_TEST_CLICKHOUSE_URL";
    server_ = url ? url : "http://127.0.0.1:1";
    name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    EXPECT_TRUE(clickhouse::Client(server_, 60'000).run("CREATE DATABASE " + name_));
  }

  ~ClickHouseEngine() override { EXPECT_TRUE(clickhouse::Client(server_, 60'000).run("DROP DATABASE " + name_)); }

  Result<std::unique_ptr<Store>> open(StoreOptions options) override {
    return open_clickhouse_store(url(), std::move(options));
  }

  std::string url() const override { return server_ + "/" + name_; }

 private:
  std::string server_, name_;
};

std::string server_url() {
  const char* url = std::getenv("MAYDAY_TEST_POSTGRES_URL");
  EXPECT_NE(url, nullptr) << "./mayday test origin starts PostgreSQL and sets MAYDAY_TEST_POSTGRES_URL";
  return url ? url : "postgresql://127.0.0.1:1/none";
}

void run_at_server(const std::string& sql) {
  Result<postgres::Connection> connection = postgres::Connection::open(server_url());
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->run(sql));
}

}  // namespace

PostgresDatabase::PostgresDatabase() {
  static int count = 0;
  name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  run_at_server("CREATE DATABASE " + name_);
}

PostgresDatabase::~PostgresDatabase() { run_at_server("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"); }

std::string PostgresDatabase::url() const {
  const std::string server = server_url();
  return server.substr(0, server.rfind('/') + 1) + name_;
}

std::unique_ptr<Engine> make_engine(const std::string& name) {
  if (name == "Postgres") return std::make_unique<PostgresEngine>();
  if (name == "ClickHouse") return std::make_unique<ClickHouseEngine>();
  return std::make_unique<SqliteEngine>();
}

}  // namespace mayday::origin::test
