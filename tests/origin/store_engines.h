#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/origin/events.h"

/// The engines that keep the contract of store.h, each real: the suite runs once for each (store_contract_test.cpp).
namespace mayday::origin::test {

/// A place of its own for one test's events; what opens it sees the same events again.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<std::unique_ptr<Store>> open(StoreOptions options) = 0;

  /// Where it is, for those that are elsewhere.
  virtual std::string url() const { return {}; }
};

/// `name` is `Sqlite`, `Postgres` or `ClickHouse`. The servers of the latter two are started by whoever runs the tests
/// (scripts/test/servers.mjs) and named by MAYDAY_TEST_POSTGRES_URL and MAYDAY_TEST_CLICKHOUSE_URL; without them the tests
/// fail.
std::unique_ptr<Engine> make_engine(const std::string& name);

/// A database of the test's own on the tests' PostgreSQL, gone with it.
class PostgresDatabase {
 public:
  PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  ~PostgresDatabase();

  std::string url() const;

 private:
  std::string name_;
};

class StoreContract : public testing::TestWithParam<std::string> {
 protected:
  StoreContract() : engine_(make_engine(GetParam())), store_(open()) {}

  /// Time stands at noon.
  static StoreOptions options() {
    StoreOptions options;
    options.disk_free_bytes_min = 0;
    options.now = [] { return noon; };
    return options;
  }

  std::unique_ptr<Store> open(StoreOptions with = options()) {
    Result<std::unique_ptr<Store>> opened = engine_->open(std::move(with));
    MAYDAY_ASSERT(opened);
    return std::move(*opened);
  }

  Appended add(std::string lines) {
    const Result<Appended> appended = append(*store_, std::move(lines));
    EXPECT_TRUE(appended);
    return appended ? *appended : Appended{};
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
};

}  // namespace mayday::origin::test
