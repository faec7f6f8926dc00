#include <set>
#include <string>

#include "origin/support/request_logs.h"

namespace mayday::origin {
namespace {

constexpr std::int64_t ttl_ms = request_logs_ttl_s * 1'000;
constexpr std::int64_t sweep_every_ms = 60'000;

Result<void> to_void(const Result<sql::Answer>& answer) {
  return answer ? Result<void>() : Result<void>(answer.error());
}

class SqlRequestLogs final : public RequestLogs {
 public:
  explicit SqlRequestLogs(sql::Database& database) : database_(database) {}

  Result<void> push(std::span<const RequestTrace> traces, Timestamp now) override {
    return database_.transact([&](sql::Session& session) -> Result<void> {
      std::set<std::string_view> users;
      for (const RequestTrace& trace : traces) {
        users.insert(trace.user_id);
        const Result<sql::Answer> added =
            session.run("INSERT INTO request_logs (user_id, at_ms, body) VALUES ($1, $2, $3)",
                        {sql::text(trace.user_id), sql::number(now.ms), sql::text(trace.body)});
        if (!added) return added.error();
      }
      for (std::string_view user : users) {
        if (Result<void> trimmed = trim(session, user, now); !trimmed) return trimmed;
      }
      return sweep(session, now);
    });
  }

  Result<std::vector<std::string>> list(std::string_view user_id, std::size_t limit, Timestamp now) override {
    const Result<sql::Answer> answer =
        database_.run("SELECT body, at_ms FROM request_logs WHERE user_id = $1 ORDER BY id DESC LIMIT $2",
                      {sql::text(user_id), sql::number(static_cast<std::int64_t>(limit))});
    if (!answer) return answer.error();
    std::vector<std::string> bodies;
    if (answer->rows.empty() || answer->rows[0].integer(1) < now.ms - ttl_ms) return bodies;
    for (const sql::Row& row : answer->rows) bodies.emplace_back(row.text(0));
    return bodies;
  }

  Result<void> clear(std::string_view user_id) override {
    return to_void(database_.run("DELETE FROM request_logs WHERE user_id = $1", {sql::text(user_id)}));
  }

  Result<void> check() override { return database_.check(); }

 private:
  /// What is past the ring's length goes, and all that had run out before.
  static Result<void> trim(sql::Session& session, std::string_view user_id, Timestamp now) {
    return to_void(session.run(
        "DELETE FROM request_logs WHERE user_id = $1 AND (id <= (SELECT id FROM request_logs WHERE user_id = $1"
        " ORDER BY id DESC LIMIT 1 OFFSET $2) OR at_ms < $3)",
        {sql::text(user_id), sql::number(static_cast<std::int64_t>(request_logs_max)), sql::number(now.ms - ttl_ms)}));
  }

  /// Users who have long not asked for anything: now and then is enough, since `list` knows their time too.
  Result<void> sweep(sql::Session& session, Timestamp now) {
    if (now.ms - swept_ms_ < sweep_every_ms) return {};
    swept_ms_ = now.ms;
    return to_void(
        session.run("DELETE FROM request_logs WHERE user_id IN (SELECT user_id FROM request_logs GROUP BY user_id"
                    " HAVING max(at_ms) < $1)",
                    {sql::number(now.ms - ttl_ms)}));
  }

  sql::Database& database_;
  std::int64_t swept_ms_ = 0;  ///< Within transactions alone, which follow one another.
};

}  // namespace

std::unique_ptr<RequestLogs> make_sql_request_logs(sql::Database& database) {
  return std::make_unique<SqlRequestLogs>(database);
}

}  // namespace mayday::origin
