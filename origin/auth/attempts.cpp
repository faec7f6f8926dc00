#include "origin/auth/attempts.h"

#include <algorithm>

namespace mayday::origin::auth {
namespace {

constexpr std::int64_t forgotten_ms = 60 * 60 * 1'000;
constexpr std::int64_t wait_s_max = 15 * 60;

std::int64_t wait_s(std::int64_t failures, std::int64_t free_failures) {
  if (failures < free_failures) return 0;
  const std::int64_t doublings = std::min<std::int64_t>(failures - free_failures, 10);
  return std::min(std::int64_t{1} << doublings, wait_s_max);
}

}  // namespace

Result<std::int64_t> seconds_to_wait(sql::Database& database, const std::vector<Attempt>& attempts, Timestamp now) {
  std::int64_t longest = 0;
  for (const Attempt& attempt : attempts) {
    const Result<sql::Answer> answer =
        database.run("SELECT failures, last_ms FROM sign_in_failures WHERE subject = $1", {sql::text(attempt.subject)});
    if (!answer) return answer.error();
    if (answer->rows.empty()) continue;
    const std::int64_t since_ms = std::max<std::int64_t>(0, now.ms - answer->rows[0].integer(1));
    const std::int64_t wait_ms = wait_s(answer->rows[0].integer(0), attempt.free_failures) * 1'000;
    if (since_ms < forgotten_ms) longest = std::max(longest, (wait_ms - since_ms + 999) / 1'000);
  }
  return longest;
}

Result<void> count_failure(sql::Database& database, const std::vector<Attempt>& attempts, Timestamp now) {
  return database.transact([&](sql::Session& session) -> Result<void> {
    const Result<sql::Answer> swept =
        session.run("DELETE FROM sign_in_failures WHERE last_ms < $1", {sql::number(now.ms - forgotten_ms)});
    if (!swept) return swept.error();
    for (const Attempt& attempt : attempts) {
      const Result<sql::Answer> counted = session.run(
          "INSERT INTO sign_in_failures (subject, failures, last_ms) VALUES ($1, 1, $2) ON CONFLICT (subject)"
          " DO UPDATE SET failures = sign_in_failures.failures + 1, last_ms = excluded.last_ms",
          {sql::text(attempt.subject), sql::number(now.ms)});
      if (!counted) return counted.error();
    }
    return {};
  });
}

Result<void> count_success(sql::Database& database, const std::vector<Attempt>& attempts) {
  return database.transact([&](sql::Session& session) -> Result<void> {
    for (const Attempt& attempt : attempts) {
      const std::string_view sql = attempt.is_cleared_by_success
                                       ? "DELETE FROM sign_in_failures WHERE subject = $1"
                                       : "UPDATE sign_in_failures SET failures = failures - 1 WHERE subject = $1";
      if (const Result<sql::Answer> done = session.run(sql, {sql::text(attempt.subject)}); !done) return done.error();
    }
    return {};
  });
}

}  // namespace mayday::origin::auth
