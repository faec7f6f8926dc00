#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/result.h"
#include "origin/migrations/migrations.h"

/// libpq with owners and `Result`. Whatever PostgreSQL says in words goes to the origin's own log, here and nowhere else; the
/// error carries `storage_failed`, and in `at` whether to try again.
namespace mayday::origin::postgres {

/// `Error::at` of a failure after which the same transaction may hold: a deadlock, a serialisation failure, a table that has
/// been dropped meanwhile, or a connection that was lost.
inline constexpr std::uint32_t try_again = 1;

/// The answer of one statement.
class Rows {
 public:
  Rows() = default;
  explicit Rows(PGresult* raw) : raw_(raw) {}

  int count() const { return PQntuples(raw_.get()); }
  int columns() const { return PQnfields(raw_.get()); }
  /// Empty where there is no such column.
  std::string_view column_name(int column) const;
  bool is_null(int row, int column) const { return PQgetisnull(raw_.get(), row, column) == 1; }
  /// Empty where it is NULL; bytes, where it was asked for in binary.
  std::string_view text(int row, int column) const;
  /// 0 where it is NULL, or no whole number.
  std::int64_t integer(int row, int column) const;
  /// Whether the column is of one of PostgreSQL's whole numbers.
  bool is_integer(int column) const;
  /// Rows that an INSERT, UPDATE or DELETE has changed.
  std::int64_t changes() const;

 private:
  struct Clear {
    void operator()(PGresult* raw) const { PQclear(raw); }
  };
  std::unique_ptr<PGresult, Clear> raw_;
};

/// A value in PostgreSQL's own spelling; nothing is NULL.
using Parameter = std::optional<std::string>;

struct Statement {
  std::string sql;
  std::vector<Parameter> parameters = {};
};

struct ConnectOptions {
  std::int64_t statement_ms_max = 0;  ///< A statement that runs longer is cancelled and fails; 0: as long as it likes.
};

/// One connection; for one thread at a time.
class Connection {
 public:
  static Result<Connection> open(const std::string& url, const ConnectOptions& options = {});

  /// Whether it can still be used.
  bool is_alive() const { return PQstatus(raw_.get()) == CONNECTION_OK; }

  /// One statement with `$1` parameters, or several without.
  Result<Rows> run(std::string_view sql) { return run(sql, std::span<const Parameter>{}); }
  Result<Rows> run(std::string_view sql, std::span<const Parameter> parameters);

  /// The same, with values in PostgreSQL's binary form: for bytes, which would be twice as many in its text form.
  Result<Rows> run_binary(std::string_view sql, std::span<const Parameter> parameters);

  /// Sends statements without waiting for an answer: the server works while the caller does. Nothing else may be asked before
  /// `receive` has answered.
  Result<void> send(std::span<const Statement> statements);

  /// What the statements of `send` answer, one after the other; where one fails, those behind it are not run.
  Result<std::vector<Rows>> receive();

  /// `send` and `receive`.
  Result<std::vector<Rows>> run_all(std::span<const Statement> statements);

  /// What the next of several COPY ... FROM STDIN reads; must stay until it is asked for the next one, or the end. It is asked
  /// while the server still works at the one before.
  using NextData = std::function<std::string_view()>;

  /// Runs `sql`, `copies` COPY statements with semicolons between them. A row that is there already is a race that was lost:
  /// `try_again`.
  Result<void> copy(const std::string& sql, std::size_t copies, const NextData& next);
  Result<void> copy(const std::string& sql, std::string_view data);

 private:
  Result<Rows> run(std::string_view sql, std::span<const Parameter> parameters, bool is_binary);
  Result<void> copy_one(std::string_view data);
  Error failure(std::string_view doing, const PGresult* result);

  struct Finish {
    void operator()(PGconn* raw) const { PQfinish(raw); }
  };
  std::unique_ptr<PGconn, Finish> raw_;
};

/// Brings the tables of the set called `name` to its newest version, in one transaction; of several that start together the
/// others wait. Refuses what a newer mayday-origin has made.
Result<void> migrate(Connection& connection, std::string_view name, std::span<const migrations::Migration> set);

/// Whether `clean_text` would leave it as it is.
bool is_clean_text(std::string_view text);

/// As PostgreSQL takes it: it has no NUL bytes in texts, nor what is no UTF-8 (each becomes U+FFFD). At most `bytes_max`, cut
/// between two characters.
std::string clean_text(std::string_view text, std::size_t bytes_max = static_cast<std::size_t>(-1));

}  // namespace mayday::origin::postgres
