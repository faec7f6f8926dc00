#include "origin/sql/postgres_connection.h"

#include <charconv>
#include <cstring>
#include <vector>

#include "mayday/base/utf8.h"
#include "origin/log.h"

namespace mayday::origin::postgres {
namespace {

/// Postgres's own numbers of its types (pg_type.dat), which never change.
constexpr Oid bigint_type = 20;
constexpr Oid smallint_type = 21;
constexpr Oid integer_type = 23;

constexpr std::string_view unique_violation = "23505";
constexpr std::string_view passing_states[] = {"40001", "40P01", "42P01", "55P03"};

bool is_passing(const char* state) {
  for (std::string_view passing : passing_states) {
    if (state && passing == state) return true;
  }
  return false;
}

void forward_notice(void*, const PGresult*) {}

std::vector<const char*> values_of(std::span<const Parameter> parameters) {
  std::vector<const char*> values;
  for (const Parameter& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  return values;
}

constexpr const char* versions_sql =
    "CREATE TABLE IF NOT EXISTS mayday_versions (name text PRIMARY KEY, version integer NOT NULL)";

/// Any number of ours, so that nobody else waits for it.
constexpr const char* lock_sql = "SELECT pg_advisory_xact_lock(6239041, 0)";

Result<void> to_void(const Result<Rows>& rows) { return rows ? Result<void>() : Result<void>(rows.error()); }

Result<void> apply_missing(Connection& connection, std::string_view name, std::span<const migrations::Migration> set) {
  if (Result<void> locked = to_void(connection.run(lock_sql)); !locked) return locked;
  if (Result<void> made = to_void(connection.run(versions_sql)); !made) return made;
  const Parameter parameters[] = {std::string(name), std::to_string(set.back().version)};
  const Result<Rows> found =
      connection.run("SELECT version FROM mayday_versions WHERE name = $1", std::span(parameters).first(1));
  if (!found) return found.error();
  const std::int64_t version = found->count() > 0 ? found->integer(0, 0) : 0;
  if (version > set.back().version) {
    log_line(Level::error, "the tables were made by a newer mayday-origin: version " + std::to_string(version) +
                               ", this one knows " + std::to_string(set.back().version));
    return Error{Code::storage_failed, 0};
  }
  for (const migrations::Migration& migration : set.subspan(static_cast<std::size_t>(version))) {
    if (Result<void> applied = to_void(connection.run(migration.sql)); !applied) return applied;
  }
  return to_void(
      connection.run("INSERT INTO mayday_versions (name, version) VALUES ($1, $2)"
                     " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                     parameters));
}

}  // namespace

std::string_view Rows::column_name(int column) const {
  const char* name = PQfname(raw_.get(), column);
  return name ? name : std::string_view();
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(raw_.get(), row, column), static_cast<std::size_t>(PQgetlength(raw_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  if (PQfformat(raw_.get(), column) == 1) {
    if (!digits.empty() && static_cast<signed char>(digits.front()) < 0) value = -1;
    for (const char byte : digits) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool Rows::is_integer(int column) const {
  const Oid type = PQftype(raw_.get(), column);
  return type == bigint_type || type == integer_type || type == smallint_type;
}

std::int64_t Rows::changes() const {
  const std::string_view digits = PQcmdTuples(raw_.get());
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Error Connection::failure(std::string_view doing, const PGresult* result) {
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const bool again = !is_alive() || is_passing(state);
  const bool is_contention = state && std::string_view(state).starts_with("40");
  if (is_contention) return {Code::storage_failed, try_again};  // Ordinary: whoever asked tries again.
  const std::string type = std::string("postgres_") + (state ? state : "connection");
  std::string words = result ? PQresultErrorMessage(result) : PQerrorMessage(raw_.get());
  while (words.ends_with('\n')) words.pop_back();
  log_line(again ? Level::warn : Level::error, doing, {.error_type = type, .error_message = words});
  return {Code::storage_failed, again ? try_again : 0};
}

Result<Connection> Connection::open(const std::string& url, const ConnectOptions& options) {
  // Keywords before the URL are defaults for what it does not say.
  const char* keywords[] = {"client_encoding", "application_name", "connect_timeout", "dbname", nullptr};
  const char* values[] = {"UTF8", "mayday-origin", "10", url.c_str(), nullptr};
  Connection connection;
  connection.raw_.reset(PQconnectdbParams(keywords, values, 1));
  if (!connection.is_alive()) return connection.failure("can't connect to PostgreSQL", nullptr);
  PQsetNoticeReceiver(connection.raw_.get(), forward_notice, nullptr);
  const std::string setup = "SET statement_timeout = " + std::to_string(options.statement_ms_max);
  if (const Result<Rows> set = connection.run(setup); !set) return set.error();
  return connection;
}

Result<Rows> Connection::run(std::string_view sql, std::span<const Parameter> parameters) {
  return run(sql, parameters, false);
}

Result<Rows> Connection::run_binary(std::string_view sql, std::span<const Parameter> parameters) {
  return run(sql, parameters, true);
}

Result<Rows> Connection::run(std::string_view sql, std::span<const Parameter> parameters, bool is_binary) {
  const std::string text(sql);
  const std::vector<const char*> values = values_of(parameters);
  // PQexec takes several statements, PQexecParams one.
  PGresult* raw = parameters.empty() && !is_binary
                      ? PQexec(raw_.get(), text.c_str())
                      : PQexecParams(raw_.get(), text.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                                     nullptr, nullptr, is_binary ? 1 : 0);
  Rows rows(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) return rows;
  return failure("a statement failed", raw);
}

Result<void> Connection::send(std::span<const Statement> statements) {
  PGconn* const raw = raw_.get();
  bool is_sent = PQenterPipelineMode(raw) == 1;
  for (const Statement& statement : statements) {
    const std::vector<const char*> values = values_of(statement.parameters);
    is_sent = is_sent && PQsendQueryParams(raw, statement.sql.c_str(), static_cast<int>(values.size()), nullptr,
                                           values.data(), nullptr, nullptr, 0) == 1;
  }
  if (is_sent && PQpipelineSync(raw) == 1) return {};
  const Error error = failure("statements can't be sent", nullptr);
  raw_.reset();  // Nobody knows what it would answer next.
  return error;
}

Result<std::vector<Rows>> Connection::receive() {
  PGconn* const raw = raw_.get();
  std::vector<Rows> answers;
  Result<void> done;
  for (bool is_over = false; !is_over;) {
    PGresult* answer = PQgetResult(raw);
    Rows rows(answer);
    if (!answer && is_alive()) continue;  // Between two statements.
    const ExecStatusType status = PQresultStatus(answer);
    is_over = status == PGRES_PIPELINE_SYNC || !is_alive();
    const bool is_good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_SYNC;
    if (done && (!is_good || !answer)) done = failure("a statement failed", answer);
    answers.push_back(std::move(rows));
  }
  if (is_alive() && PQexitPipelineMode(raw) != 1) return failure("statements can't be ended", nullptr);
  if (!done) return done.error();
  return answers;
}

Result<std::vector<Rows>> Connection::run_all(std::span<const Statement> statements) {
  if (Result<void> sent = send(statements); !sent) return sent.error();
  return receive();
}

Result<void> Connection::copy_one(std::string_view data) {
  constexpr std::size_t piece_bytes = 1 << 20;
  bool is_sent = true;
  for (std::size_t at = 0; at < data.size() && is_sent; at += piece_bytes) {
    const std::string_view piece = data.substr(at, piece_bytes);
    is_sent = PQputCopyData(raw_.get(), piece.data(), static_cast<int>(piece.size())) == 1;
  }
  return is_sent && PQputCopyEnd(raw_.get(), nullptr) == 1 ? Result<void>() : failure("COPY can't be sent", nullptr);
}

Result<void> Connection::copy(const std::string& sql, std::size_t copies, const NextData& next) {
  if (PQsendQuery(raw_.get(), sql.c_str()) != 1) return failure("COPY can't begin", nullptr);
  Result<void> done;
  std::string_view data = next();
  while (PGresult* raw = PQgetResult(raw_.get())) {
    const Rows answer(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status == PGRES_COPY_IN) {
      if (Result<void> sent = copy_one(data); !sent) return sent;
      if (--copies > 0) data = next();
    } else if (status != PGRES_COMMAND_OK) {
      const char* state = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
      const bool is_there = state && std::string_view(state) == unique_violation;
      done = is_there ? Error{Code::storage_failed, try_again} : failure("COPY failed", raw);
    }
  }
  return done;
}

Result<void> Connection::copy(const std::string& sql, std::string_view data) {
  return copy(sql, 1, [data] { return data; });
}

Result<void> migrate(Connection& connection, std::string_view name, std::span<const migrations::Migration> set) {
  if (Result<void> begun = to_void(connection.run("BEGIN")); !begun) return begun;
  Result<void> applied = apply_missing(connection, name, set);
  if (!applied) {
    (void)connection.run("ROLLBACK");
    return applied;
  }
  return to_void(connection.run("COMMIT"));
}

bool is_clean_text(std::string_view text) {
  // Nearly all is ASCII: eight bytes at a time, of which none is NUL or has its high bit set.
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101, highs = 0x8080'8080'8080'8080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (((word - ones) | word) & highs) break;
  }
  const std::string_view rest = text.substr(at);
  return rest.find('\0') == std::string_view::npos && utf8::is_well_formed(rest);
}

std::string clean_text(std::string_view text, std::size_t bytes_max) {
  std::string clean;
  if (is_clean_text(text)) {
    clean = text;
  } else {
    const char* end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
      char32_t code_point = 0;
      const std::size_t size = utf8::decode(at, end, code_point);
      const bool is_good = size > 0 && code_point != 0;
      clean.append(is_good ? std::string_view(at, size) : std::string_view("\xef\xbf\xbd"));
      at += size > 0 ? size : 1;
    }
  }
  if (clean.size() <= bytes_max) return clean;
  std::size_t cut = bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(clean[cut]) & 0xc0) == 0x80) --cut;
  clean.resize(cut);
  return clean;
}

}  // namespace mayday::origin::postgres
