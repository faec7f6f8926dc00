#include "origin/errors/alerts.h"

namespace mayday::origin {
namespace {

constexpr std::int64_t claim_ms = 60 * 1'000;
/// Behind each failure: 10 s, a minute, 10 minutes, an hour, then no more.
constexpr std::int64_t waits_ms[] = {10'000, 60'000, 600'000, 3'600'000};

constexpr std::string_view columns =
    "SELECT id, subject, kind, fingerprint, message, body, at_ms, attempts, delivered_ms, next_ms FROM alerts";

Alert alert_of(const sql::Row& row) {
  Alert alert{.id = std::string(row.text(0)),
              .subject = std::string(row.text(1)),
              .kind = std::string(row.text(2)),
              .fingerprint = std::string(row.text(3)),
              .message = std::string(row.text(4)),
              .body = std::string(row.text(5)),
              .at = {row.integer(6)},
              .attempts = row.integer(7)};
  if (!row.is_null(8)) alert.delivered = Timestamp{row.integer(8)};
  return alert;
}

Result<void> to_void(const Result<sql::Answer>& answer) {
  return answer ? Result<void>() : Result<void>(answer.error());
}

}  // namespace

Result<bool> Alerts::raise(const Alert& alert, bool is_delivered) {
  const Result<sql::Answer> added = database_.run(
      "INSERT INTO alerts (id, subject, kind, fingerprint, message, body, at_ms, attempts, next_ms)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT (subject) DO NOTHING",
      {sql::text(alert.id), sql::text(alert.subject), sql::text(alert.kind), sql::optional_text(alert.fingerprint),
       sql::text(alert.message), sql::text(alert.body), sql::number(alert.at.ms),
       is_delivered ? sql::number(alert.at.ms) : sql::Value{}});
  if (!added) return added.error();
  return added->changes > 0;
}

Result<std::vector<Alert>> Alerts::list(std::size_t limit) {
  const Result<sql::Answer> answer = database_.run(std::string(columns) + " ORDER BY at_ms DESC, id DESC LIMIT $1",
                                                   {sql::number(static_cast<std::int64_t>(limit))});
  if (!answer) return answer.error();
  std::vector<Alert> alerts;
  for (const sql::Row& row : answer->rows) alerts.push_back(alert_of(row));
  return alerts;
}

Result<std::optional<Alert>> Alerts::claim(Timestamp now) {
  const Result<sql::Answer> due =
      database_.run(std::string(columns) + " WHERE next_ms <= $1 ORDER BY next_ms LIMIT 1", {sql::number(now.ms)});
  if (!due) return due.error();
  if (due->rows.empty()) return std::optional<Alert>();
  const Alert alert = alert_of(due->rows[0]);
  // Whoever changes it from what was read has it.
  const Result<sql::Answer> claimed =
      database_.run("UPDATE alerts SET next_ms = $1 WHERE id = $2 AND next_ms = $3",
                    {sql::number(now.ms + claim_ms), sql::text(alert.id), sql::number(due->rows[0].integer(9))});
  if (!claimed) return claimed.error();
  return claimed->changes == 1 ? std::optional<Alert>(alert) : std::optional<Alert>();
}

Result<void> Alerts::delivered(const Alert& alert, Timestamp now) {
  return to_void(
      database_.run("UPDATE alerts SET delivered_ms = $1, next_ms = NULL, attempts = attempts + 1 WHERE id = $2",
                    {sql::number(now.ms), sql::text(alert.id)}));
}

Result<void> Alerts::failed(const Alert& alert, Timestamp now) {
  const auto attempt = static_cast<std::size_t>(alert.attempts);
  const bool is_last = attempt >= std::size(waits_ms);
  return to_void(
      database_.run("UPDATE alerts SET next_ms = $1, attempts = attempts + 1 WHERE id = $2",
                    {is_last ? sql::Value{} : sql::number(now.ms + waits_ms[attempt]), sql::text(alert.id)}));
}

Result<void> Alerts::sweep(Timestamp before) {
  return to_void(database_.run("DELETE FROM alerts WHERE at_ms < $1", {sql::number(before.ms)}));
}

}  // namespace mayday::origin
