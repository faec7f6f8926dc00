#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/result.h"

/// SQLite's C API with owners and `Result`. Whatever SQLite says in words goes to the origin's own log, here and nowhere
/// else; the error carries `storage_failed` and SQLite's extended code.
namespace mayday::origin::sqlite {

/// A prepared statement. Belongs to the thread that uses its database.
class Statement {
 public:
  Statement() = default;

  /// Parameters count from 1. Text and blobs are borrowed until the next `step` or `reset`.
  void bind(int index, std::int64_t value) { sqlite3_bind_int64(raw_.get(), index, value); }
  void bind(int index, std::string_view text);
  void bind_blob(int index, const void* data, std::size_t size);
  void bind_null(int index) { sqlite3_bind_null(raw_.get(), index); }
  /// Empty text is stored as NULL: a field that is not there.
  void bind_optional(int index, std::string_view text) { text.empty() ? bind_null(index) : bind(index, text); }

  /// True if there is a row to read; false at the end.
  Result<bool> step();
  /// Runs to the end and makes ready for the next run.
  Result<void> run();
  void reset() { sqlite3_reset(raw_.get()); }

  /// The place of a parameter that has a name; 0 where there is none, and binding it does nothing.
  int parameter_index(const char* name) { return sqlite3_bind_parameter_index(raw_.get(), name); }

  int columns() { return sqlite3_column_count(raw_.get()); }
  bool is_null(int column) { return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL; }
  bool is_integer(int column) { return sqlite3_column_type(raw_.get(), column) == SQLITE_INTEGER; }
  std::int64_t integer(int column) { return sqlite3_column_int64(raw_.get(), column); }
  std::string text(int column);
  /// Until the next `step`, `run` or `reset`.
  std::string_view blob(int column);

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

struct OpenOptions {
  bool read_only = false;
  /// How long a statement waits for another process's transaction.
  int busy_ms_max = 10'000;
};

/// One connection; for one thread at a time.
class Database {
 public:
  /// Opens or makes the file.
  static Result<Database> open(const std::string& path, const OpenOptions& options);

  /// Runs statements that answer nothing.
  Result<void> execute(const char* sql);

  /// The same without a line in the log, for what may fail and be tried again. SQLite's extended code.
  int try_execute(const char* sql);

  Result<Statement> prepare(std::string_view sql);

  std::int64_t last_insert_id() { return sqlite3_last_insert_rowid(raw_.get()); }
  /// Rows that the last statement changed.
  std::int64_t changes() { return sqlite3_changes64(raw_.get()); }
  /// Rows that all statements of this connection changed.
  std::int64_t total_changes() { return sqlite3_total_changes64(raw_.get()); }

  /// Statements that still run at `steady_ms` are interrupted and fail; nothing: they run as long as they like.
  void set_deadline(std::optional<std::int64_t> steady_ms);

 private:
  struct Close {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  std::unique_ptr<sqlite3, Close> raw_;
  std::unique_ptr<std::int64_t> deadline_;  ///< On the heap: SQLite holds its address while the connection moves.
};

/// Writes SQLite's words to the log and answers the error.
Error failure(sqlite3* database, std::string_view doing);

}  // namespace mayday::origin::sqlite
