#include <algorithm>
#include <chrono>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "origin/sql/database.h"
#include "origin/sql/postgres_connection.h"

namespace mayday::origin::sql {
namespace {

using postgres::Connection;
using postgres::Parameter;
using postgres::Rows;

constexpr std::size_t idle_max = 4;
constexpr std::int64_t statement_ms_max = 30'000;

/// Under contention most transactions hold at the second time.
constexpr int tries_max = 20;
constexpr int pause_ms_max = 64;

/// Before a transaction is tried again: a random part of a time that doubles ("full jitter"). At once, it would meet the same
/// rival at the same point again and again.
void pause_before(int tries) {
  thread_local std::minstd_rand random(std::random_device{}());
  const int ms_max = std::min(pause_ms_max, 1 << std::min(tries, 6));
  std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution(0, ms_max * 1'000)(random)));
}

class PostgresSession final : public Session {
 public:
  explicit PostgresSession(Connection& connection) : connection_(connection) {}

  Result<Answer> run(std::string_view sql, std::span<const Value> parameters) override {
    std::vector<Parameter> spelled;
    for (const Value& value : parameters) {
      if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        spelled.emplace_back(std::to_string(*whole));
      } else if (const auto* words = std::get_if<std::string>(&value)) {
        spelled.emplace_back(postgres::clean_text(*words));
      } else {
        spelled.emplace_back(std::nullopt);
      }
    }
    const Result<Rows> rows = connection_.run(sql, spelled);
    if (!rows) {
      may_hold_again_ = rows.error().at == postgres::try_again;
      return rows.error();
    }
    Answer answer;
    answer.changes = rows->columns() > 0 && sql.starts_with("SELECT") ? 0 : rows->changes();
    for (int row = 0; row < rows->count(); ++row) answer.rows.push_back(read_row(*rows, row));
    return answer;
  }

  bool may_hold_again() const { return may_hold_again_; }

 private:
  static Row read_row(const Rows& rows, int row) {
    std::vector<Value> values;
    for (int column = 0; column < rows.columns(); ++column) {
      if (rows.is_null(row, column)) {
        values.emplace_back();
      } else if (rows.is_integer(column)) {
        values.emplace_back(rows.integer(row, column));
      } else {
        values.emplace_back(std::string(rows.text(row, column)));
      }
    }
    return Row(std::move(values));
  }

  Connection& connection_;
  bool may_hold_again_ = false;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(std::string url) : url_(std::move(url)) {}

  Result<void> transact(const Work& work) override {
    Result<void> done = Error{Code::storage_failed, 0};
    for (int tries = 0; tries < tries_max; ++tries) {
      if (tries > 0) pause_before(tries);
      bool may_hold_again = false;
      done = transact_once(work, may_hold_again);
      if (done || !may_hold_again) return done;
    }
    return done;
  }

  Result<Answer> run(std::string_view sql, std::span<const Value> parameters) override {
    Result<Connection> connection = take();
    if (!connection) return connection.error();
    PostgresSession session(*connection);
    Result<Answer> answer = session.run(sql, parameters);
    if (!answer && session.may_hold_again()) {
      // The connection was lost while it lay idle, as a rule; a statement alone has no effect where it fails.
      connection = Connection::open(url_, {.statement_ms_max = statement_ms_max});
      if (!connection) return connection.error();
      answer = PostgresSession(*connection).run(sql, parameters);
    }
    give_back(std::move(*connection));
    return answer;
  }

  Result<void> check() override {
    const Result<Answer> answer = run("SELECT 1", std::span<const Value>{});
    return answer ? Result<void>() : Result<void>(answer.error());
  }

 private:
  Result<void> transact_once(const Work& work, bool& may_hold_again) {
    Result<Connection> connection = take();
    if (!connection) return connection.error();
    // Serializable is what SQLite's one writer is: what is read within is still so when it is written.
    if (const Result<Rows> begun = connection->run("BEGIN ISOLATION LEVEL SERIALIZABLE"); !begun) {
      may_hold_again = !connection->is_alive();
      return begun.error();
    }
    PostgresSession session(*connection);
    Result<void> done = work(session);
    may_hold_again = !done && session.may_hold_again();
    if (done) {
      if (const Result<Rows> committed = connection->run("COMMIT"); !committed) {
        // Where the connection was lost now, nobody knows whether it was committed: the caller is told of a failure.
        may_hold_again = connection->is_alive() && committed.error().at == postgres::try_again;
        done = committed.error();
      }
    }
    if (!done && connection->is_alive()) (void)connection->run("ROLLBACK");
    give_back(std::move(*connection));
    return done;
  }

  Result<Connection> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Connection connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return Connection::open(url_, {.statement_ms_max = statement_ms_max});
  }

  void give_back(Connection connection) {
    const std::lock_guard lock(mutex_);
    if (!connection.is_alive()) {
      idle_.clear();  // What was lost to one is lost to all.
    } else if (idle_.size() < idle_max) {
      idle_.push_back(std::move(connection));
    }
  }

  std::string url_;
  std::mutex mutex_;
  std::vector<Connection> idle_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
  {
    Result<Connection> connection = Connection::open(url);
    if (!connection) return connection.error();
    Result<void> migrated = postgres::migrate(*connection, "desk", migrations::desk_postgres());
    if (!migrated) return migrated.error();
  }
  return std::unique_ptr<Database>(std::make_unique<PostgresDatabase>(url));
}

}  // namespace mayday::origin::sql
