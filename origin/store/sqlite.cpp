#include "origin/store/sqlite.h"

#include "origin/clock.h"
#include "origin/log.h"

namespace mayday::origin::sqlite {
namespace {

constexpr int progress_instructions = 4'000;

int is_past_deadline(void* deadline) { return steady_ms() >= *static_cast<const std::int64_t*>(deadline); }

}  // namespace

Error failure(sqlite3* database, std::string_view doing) {
  const int code = database ? sqlite3_extended_errcode(database) : SQLITE_NOMEM;
  const std::string type = "sqlite_" + std::to_string(code);
  log_line(Level::error, doing,
           {.error_type = type, .error_message = database ? sqlite3_errmsg(database) : "no memory"});
  return {Code::storage_failed, static_cast<std::uint32_t>(code)};
}

void Statement::bind(int index, std::string_view text) {
  // SQLite reads a null pointer as NULL; an empty text is not that.
  const char* data = text.data() ? text.data() : "";
  sqlite3_bind_text64(raw_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_blob(int index, const void* data, std::size_t size) {
  sqlite3_bind_blob64(raw_.get(), index, data, size, SQLITE_STATIC);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(raw_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const Error error = failure(sqlite3_db_handle(raw_.get()), "a statement failed");
  reset();
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    const Result<bool> has_row = step();
    if (!has_row) return has_row.error();
    if (!*has_row) break;
  }
  reset();
  return {};
}

std::string Statement::text(int column) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
  return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))) : std::string();
}

std::string_view Statement::blob(int column) {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(raw_.get(), column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column)))
              : std::string_view();
}

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  sqlite3* raw = nullptr;
  const int mode = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.raw_.reset(raw);
  if (code != SQLITE_OK) return failure(raw, "can't open the database " + path);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, options.busy_ms_max);
  return database;
}

Result<void> Database::execute(const char* sql) {
  if (try_execute(sql) != SQLITE_OK) return failure(raw_.get(), "a statement failed");
  return {};
}

int Database::try_execute(const char* sql) { return sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(raw_.get(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
    return failure(raw_.get(), "a statement can't be prepared");
  }
  Statement statement;
  statement.raw_.reset(raw);
  return statement;
}

void Database::set_deadline(std::optional<std::int64_t> at_steady_ms) {
  if (!deadline_) deadline_ = std::make_unique<std::int64_t>();
  *deadline_ = at_steady_ms.value_or(0);
  sqlite3_progress_handler(raw_.get(), at_steady_ms ? progress_instructions : 0, is_past_deadline, deadline_.get());
}

}  // namespace mayday::origin::sqlite
