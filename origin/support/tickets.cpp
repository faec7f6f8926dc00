#include "origin/support/tickets.h"

#include <algorithm>

#include "origin/random_id.h"

namespace mayday::origin {
namespace {

constexpr std::string_view columns =
    "SELECT id, number, status, priority, message, action, user_id, session_id, contact, page, evidence, created_ms,"
    " updated_ms FROM tickets";

Ticket ticket_of(const sql::Row& row) {
  return {.id = std::string(row.text(0)),
          .number = row.integer(1),
          .status = std::string(row.text(2)),
          .priority = std::string(row.text(3)),
          .message = std::string(row.text(4)),
          .action = std::string(row.text(5)),
          .user_id = std::string(row.text(6)),
          .session_id = std::string(row.text(7)),
          .contact = std::string(row.text(8)),
          .page = std::string(row.text(9)),
          .evidence = std::string(row.text(10)),
          .created = {row.integer(11)},
          .updated = {row.integer(12)}};
}

std::string evidence_of(const Report& report) {
  std::string text = R"({"request_logs":[)";
  for (const std::string& log : report.request_logs) {
    if (&log != &report.request_logs.front()) text += ',';
    text += log;
  }
  return text + "]}";
}

Result<std::int64_t> next_number(sql::Session& session) {
  const Result<sql::Answer> next =
      session.run("UPDATE counters SET value = value + 1 WHERE name = 'ticket' RETURNING value");
  if (!next) return next.error();
  return next->rows.at(0).integer(0);
}

Result<void> insert(sql::Session& session, const Report& report, const Ticket& ticket) {
  const Result<sql::Answer> added = session.run(
      "INSERT INTO tickets (id, number, message, action, status, priority, user_id, session_id, contact, page, "
      "evidence,"
      " created_ms, updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
      {sql::text(ticket.id), sql::number(ticket.number), sql::text(report.message), sql::text(report.action),
       sql::text(ticket.status), sql::text(ticket.priority), sql::optional_text(report.user_id),
       sql::optional_text(report.session_id), sql::optional_text(report.contact), sql::optional_text(report.page),
       sql::text(ticket.evidence), sql::number(ticket.created.ms)});
  if (!added) return added.error();
  for (const std::string& event_id : report.event_ids) {
    const Result<sql::Answer> linked =
        session.run("INSERT INTO ticket_events (ticket_id, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    {sql::text(ticket.id), sql::text(event_id)});
    if (!linked) return linked.error();
  }
  const Result<sql::Answer> noted = session.run(
      "INSERT INTO ticket_activity (ticket_id, at_ms, actor, what, detail) VALUES ($1, $2, $3, 'opened', '')",
      {sql::text(ticket.id), sql::number(ticket.created.ms),
       sql::text(report.user_id.empty() ? "anonymous" : report.user_id)});
  return noted ? Result<void>() : Result<void>(noted.error());
}

}  // namespace

Result<Ticket> Tickets::open(const Report& report, Timestamp now) {
  Ticket ticket{.id = report.id.empty() ? random_id() : report.id,
                .status = "open",
                .priority = "normal",
                .message = report.message,
                .action = report.action,
                .user_id = report.user_id,
                .session_id = report.session_id,
                .contact = report.contact,
                .page = report.page,
                .evidence = evidence_of(report),
                .event_ids = report.event_ids,
                .created = now,
                .updated = now};
  const Result<void> stored = database_.transact([&](sql::Session& session) -> Result<void> {
    const Result<sql::Answer> known = session.run(std::string(columns) + " WHERE id = $1", {sql::text(ticket.id)});
    if (!known) return known.error();
    if (!known->rows.empty()) return ticket = ticket_of(known->rows[0]), Result<void>();
    const Result<std::int64_t> number = next_number(session);
    if (!number) return number.error();
    ticket.number = *number;
    return insert(session, report, ticket);
  });
  if (!stored) return stored.error();
  return ticket;
}

Result<std::vector<Ticket>> Tickets::list(const TicketFilter& filter, std::size_t limit) {
  // An empty text asks for nothing: one statement for all of them, and none put together from what was sent.
  const Result<sql::Answer> answer =
      database_.run(std::string(columns) +
                        " WHERE ($1 = '' OR user_id = $1) AND ($2 = '' OR session_id = $2) AND ($3 = '' OR status = $3)"
                        " AND ($4 = 0 OR number < $4) ORDER BY number DESC LIMIT $5",
                    {sql::text(filter.user_id), sql::text(filter.session_id), sql::text(filter.status),
                     sql::number(filter.before_number), sql::number(static_cast<std::int64_t>(limit))});
  if (!answer) return answer.error();
  std::vector<Ticket> tickets;
  for (const sql::Row& row : answer->rows) {
    tickets.push_back(ticket_of(row));
    if (Result<void> added = add_event_ids(tickets.back()); !added) return added.error();
  }
  return tickets;
}

Result<std::optional<Ticket>> Tickets::find(std::string_view id) {
  const Result<sql::Answer> answer = database_.run(std::string(columns) + " WHERE id = $1", {sql::text(id)});
  if (!answer) return answer.error();
  if (answer->rows.empty()) return std::optional<Ticket>();
  Ticket ticket = ticket_of(answer->rows[0]);
  if (Result<void> added = add_event_ids(ticket); !added) return added.error();
  return std::optional<Ticket>(std::move(ticket));
}

Result<std::vector<Ticket>> Tickets::about_events(const std::vector<std::string>& event_ids, std::size_t limit) {
  std::vector<Ticket> tickets;
  for (const std::string& event_id : event_ids) {
    const Result<sql::Answer> answer =
        database_.run("SELECT ticket_id FROM ticket_events WHERE event_id = $1", {sql::text(event_id)});
    if (!answer) return answer.error();
    for (const sql::Row& row : answer->rows) {
      const bool is_known =
          std::any_of(tickets.begin(), tickets.end(), [&](const Ticket& ticket) { return ticket.id == row.text(0); });
      if (is_known || tickets.size() == limit) continue;
      Result<std::optional<Ticket>> found = find(row.text(0));
      if (!found) return found.error();
      std::optional<Ticket>& ticket = *found;
      if (ticket) tickets.push_back(std::move(*ticket));
    }
  }
  return tickets;
}

Result<void> Tickets::add_event_ids(Ticket& ticket) {
  const Result<sql::Answer> answer = database_.run(
      "SELECT event_id FROM ticket_events WHERE ticket_id = $1 ORDER BY event_id", {sql::text(ticket.id)});
  if (!answer) return answer.error();
  for (const sql::Row& row : answer->rows) ticket.event_ids.emplace_back(row.text(0));
  return {};
}

}  // namespace mayday::origin
