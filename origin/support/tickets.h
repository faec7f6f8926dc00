#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "origin/sql/database.h"

namespace mayday::origin {

/// What a user sends for help. Every text has been cleaned.
struct Report {
  std::string id;  ///< A UUID of the sender's choice, under which a repeated report is the same; empty: a new one.
  std::string message;
  std::string action;
  std::string user_id;     ///< Of who is signed in; empty: an anonymous session.
  std::string session_id;  ///< May be empty.
  std::string contact;     ///< Where to answer, as the user wrote it; may be empty.
  std::string page;
  std::vector<std::string> event_ids;     ///< UUIDs in lower case.
  std::vector<std::string> request_logs;  ///< JSON objects, newest first.
};

struct Ticket {
  std::string id;
  std::int64_t number = 0;
  std::string status;
  std::string priority;
  std::string message;
  std::string action;
  std::string user_id;
  std::string session_id;
  std::string contact;
  std::string page;
  std::string evidence;  ///< A JSON object: `{"request_logs": [...]}`.
  std::vector<std::string> event_ids;
  Timestamp created;
  Timestamp updated;
};

/// Which tickets. Every part that is not empty must fit.
struct TicketFilter {
  std::string user_id;
  std::string session_id;
  std::string status;
  std::int64_t before_number = 0;  ///< 0: from the newest on.
};

/// The help desk's tickets. Blocking, and for any thread.
class Tickets {
 public:
  explicit Tickets(sql::Database& database) : database_(database) {}

  /// Stores the report and its evidence in one transaction; answers the ticket, the old one where the report came before.
  Result<Ticket> open(const Report& report, Timestamp now);

  /// Newest first, at most `limit`.
  Result<std::vector<Ticket>> list(const TicketFilter& filter, std::size_t limit);

  Result<std::optional<Ticket>> find(std::string_view id);

  /// Tickets that were opened with one of these events as evidence.
  Result<std::vector<Ticket>> about_events(const std::vector<std::string>& event_ids, std::size_t limit);

 private:
  Result<void> add_event_ids(Ticket& ticket);

  sql::Database& database_;
};

}  // namespace mayday::origin
