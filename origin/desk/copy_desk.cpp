#include "origin/desk/copy_desk.h"

#include <span>
#include <string_view>

namespace mayday::origin {
namespace {

struct Table {
  std::string_view name;
  std::vector<std::string_view> columns;
  bool has_key = true;  ///< Without one, what an earlier copy has begun is begun anew.
};

/// In an order that references allow.
const Table tables[] = {
    {"users", {"id", "email", "display_name", "role", "password_hash", "created_ms"}},
    {"refresh_tokens", {"id", "family", "user_id", "expires_ms", "used_ms"}},
    {"sign_in_failures", {"subject", "failures", "last_ms"}},
    {"counters", {"name", "value"}},
    {"tickets",
     {"id", "number", "message", "action", "status", "priority", "user_id", "session_id", "contact", "page", "evidence",
      "created_ms", "updated_ms"}},
    {"ticket_events", {"ticket_id", "event_id"}},
    {"ticket_activity", {"ticket_id", "at_ms", "actor", "what", "detail"}, false},
    {"error_resolutions", {"fingerprint", "resolved_ms", "resolved_by", "note"}},
    {"alerts",
     {"id", "subject", "kind", "fingerprint", "message", "body", "at_ms", "attempts", "next_ms", "delivered_ms"}},
};

Result<std::int64_t> count(sql::Database& database, std::string_view table) {
  const Result<sql::Answer> answer = database.run("SELECT count(*) FROM " + std::string(table));
  if (!answer) return answer.error();
  return answer->rows.at(0).integer(0);
}

std::string joined(const Table& table, bool as_parameters) {
  std::string list;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) list += ", ";
    list += as_parameters ? "$" + std::to_string(i + 1) : std::string(table.columns[i]);
  }
  return list;
}

Result<void> write_rows(sql::Session& session, const Table& table, const std::vector<sql::Row>& rows) {
  if (!table.has_key) {
    const Result<sql::Answer> emptied = session.run("DELETE FROM " + std::string(table.name));
    if (!emptied) return emptied.error();
  }
  const std::string insert = "INSERT INTO " + std::string(table.name) + " (" + joined(table, false) + ") VALUES (" +
                             joined(table, true) + ") ON CONFLICT DO NOTHING";
  for (const sql::Row& row : rows) {
    const Result<sql::Answer> inserted = session.run(insert, row.values());
    if (!inserted) return inserted.error();
    if (table.name != "counters") continue;
    // A new desk has its counters already, at their beginning.
    const Result<sql::Answer> raised =
        session.run("UPDATE counters SET value = $2 WHERE name = $1 AND value < $2", row.values());
    if (!raised) return raised.error();
  }
  return {};
}

}  // namespace

Result<std::vector<CopiedTable>> copy_desk(sql::Database& from, sql::Database& to) {
  std::vector<CopiedTable> copied;
  for (const Table& table : tables) {
    const std::string name(table.name);
    const Result<sql::Answer> rows = from.run("SELECT " + joined(table, false) + " FROM " + name);
    if (!rows) return rows.error();
    Result<void> written = to.transact([&](sql::Session& session) { return write_rows(session, table, rows->rows); });
    if (!written) return written.error();
    const Result<std::int64_t> there = count(to, name);
    if (!there) return there.error();
    if (*there < static_cast<std::int64_t>(rows->rows.size())) return Error{Code::storage_failed, 0};
    copied.push_back({name, *there});
  }
  return copied;
}

}  // namespace mayday::origin
