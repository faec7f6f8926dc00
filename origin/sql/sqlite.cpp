#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <utility>

#include "origin/sql/database.h"
#include "origin/store/migrate_sqlite.h"

namespace mayday::origin::sql {
namespace {

/// SQLite takes `$1` for a name; which place it has is asked for.
void bind(sqlite::Statement& statement, std::span<const Value> parameters) {
  int number = 0;
  for (const Value& value : parameters) {
    const int index = statement.parameter_index(("$" + std::to_string(++number)).c_str());
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      statement.bind(index, *whole);
    } else if (const auto* words = std::get_if<std::string>(&value)) {
      statement.bind(index, std::string_view(*words));
    } else {
      statement.bind_null(index);
    }
  }
}

class SqliteSession final : public Session {
 public:
  explicit SqliteSession(sqlite::Database& database) : database_(database) {}

  Result<Answer> run(std::string_view sql, std::span<const Value> parameters) override {
    Result<sqlite::Statement> statement = database_.prepare(sql);
    if (!statement) return statement.error();
    bind(*statement, parameters);
    Answer answer;
    const std::int64_t changes_before = database_.total_changes();
    for (;;) {
      const Result<bool> has_row = statement->step();
      if (!has_row) return has_row.error();
      if (!*has_row) break;
      answer.rows.push_back(read_row(*statement));
    }
    answer.changes = database_.total_changes() - changes_before;
    return answer;
  }

 private:
  static Row read_row(sqlite::Statement& statement) {
    std::vector<Value> values;
    for (int column = 0; column < statement.columns(); ++column) {
      if (statement.is_null(column)) {
        values.emplace_back();
      } else if (statement.is_integer(column)) {
        values.emplace_back(statement.integer(column));
      } else {
        values.emplace_back(statement.text(column));
      }
    }
    return Row(std::move(values));
  }

  sqlite::Database& database_;
};

/// One connection for all, which questions of a few rows take in turn.
class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(sqlite::Database database) : database_(std::move(database)) {}

  Result<void> transact(const Work& work) override {
    const std::lock_guard lock(mutex_);
    // Immediate: what is read within is still so when it is written.
    if (Result<void> begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
    SqliteSession session(database_);
    Result<void> done = work(session);
    if (done) done = database_.execute("COMMIT");
    if (!done) database_.try_execute("ROLLBACK");
    return done;
  }

  Result<Answer> run(std::string_view sql, std::span<const Value> parameters) override {
    const std::lock_guard lock(mutex_);
    return SqliteSession(database_).run(sql, parameters);
  }

  Result<void> check() override {
    const Result<Answer> answer = run("SELECT 1", std::span<const Value>{});
    return answer ? Result<void>() : Result<void>(answer.error());
  }

 private:
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  // Accounts and tickets: the file is its owner's alone. SQLite gives its WAL the same mode.
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) close(file);
  Result<sqlite::Database> opened = sqlite::Database::open(path, {});
  if (!opened) return opened.error();
  if (Result<void> migrated = sqlite::migrate(*opened, migrations::desk_sqlite()); !migrated) return migrated.error();
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
    if (Result<void> set = opened->execute(pragma); !set) return set.error();
  }
  return std::unique_ptr<Database>(std::make_unique<SqliteDatabase>(std::move(*opened)));
}

}  // namespace mayday::origin::sql
