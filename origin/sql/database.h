#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mayday/base/result.h"

/// The small questions: accounts, tickets, alerts. A few rows each, asked of SQLite or PostgreSQL in words that both
/// understand: `$1` parameters, `ON CONFLICT`, `RETURNING`; whole numbers and text, and nothing else. What differs (types in
/// `CREATE TABLE`) is in the migrations. Events have a door of their own (store.h), for they come by the thousand.
namespace mayday::origin::sql {

/// NULL, a whole number, or text. PostgreSQL's `bytea` and its times are not spoken.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

inline Value number(std::int64_t value) { return value; }
inline Value text(std::string_view value) { return std::string(value); }
/// NULL where it is empty.
inline Value optional_text(std::string_view value) { return value.empty() ? Value{} : text(value); }

class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  bool is_null(std::size_t column) const { return std::holds_alternative<std::monostate>(values_[column]); }
  /// 0 where it is NULL.
  std::int64_t integer(std::size_t column) const;
  /// Empty where it is NULL.
  std::string_view text(std::size_t column) const;
  std::span<const Value> values() const { return values_; }

 private:
  std::vector<Value> values_;
};

struct Answer {
  std::vector<Row> rows;
  std::int64_t changes = 0;  ///< Rows that an INSERT, UPDATE or DELETE has changed.
};

/// One connection, within a transaction.
class Session {
 public:
  virtual ~Session() = default;

  /// One statement. `storage_failed` with the engine's words in the log; the transaction is void then.
  virtual Result<Answer> run(std::string_view sql, std::span<const Value> parameters) = 0;
  Result<Answer> run(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return run(sql, std::span(parameters.begin(), parameters.size()));
  }
};

/// Every function may be called from any thread, and waits for the engine: call it beside the connections (TaskQueue).
class Database {
 public:
  using Work = std::function<Result<void>(Session&)>;

  virtual ~Database() = default;

  /// Runs `work` in one transaction, serialised against others that write the same rows, and commits if it answers no error.
  /// It may be run a second time where the engine asks for that (a serialisation failure): it must have no effect but
  /// through the session.
  virtual Result<void> transact(const Work& work) = 0;

  /// One statement in a transaction of its own.
  virtual Result<Answer> run(std::string_view sql, std::span<const Value> parameters) = 0;
  Result<Answer> run(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return run(sql, std::span(parameters.begin(), parameters.size()));
  }

  virtual Result<void> check() = 0;
};

/// Opens or makes the file and brings its tables (`migrations/desk/sqlite`) up to date. The reason of a failure goes to the
/// log.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);

/// Connects to `url` (`postgresql://user:password@host:port/database`) and brings the tables (`migrations/desk/postgres`) up
/// to date, under an advisory lock. A connection that is lost is made anew by the next question.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url);

}  // namespace mayday::origin::sql
