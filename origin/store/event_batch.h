#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/base/timestamp.h"
#include "mayday/base/uuid.h"
#include "mayday/event/level.h"
#include "origin/store/user_error.h"

namespace mayday::origin {

/// One event's columns. Views point into the `EventBatch` that it belongs to; an absent optional field is empty.
struct EventRow {
  Uuid event_id;
  Timestamp
      occurred;  ///< The event's own time, but never past `received`: a wrong clock does not own the top of the list.
  Timestamp received;
  Level level = Level::error;
  std::string_view service;
  std::string_view environment;
  std::string_view release;
  std::string_view message;
  std::string_view error_type;
  std::string_view error_message;
  std::string_view component;
  std::string_view route;
  std::string_view session_id;
  std::string_view user_id;
  std::string_view trace_id;
  std::string_view request_id;
  std::optional<std::uint64_t> fingerprint;
  std::int64_t occurrences = 1;
  // What it was to the person it happened to. Tracked errors say so by tags (`error.code`, `impact.severity`, ...: npm's
  // mayday/recovery and POST /api/v1/errors/track); of any other error it is told by what there is.
  Severity severity = Severity::none;  ///< `none`: no error. Medium, where an error does not say.
  ErrorKind error_kind = ErrorKind::unknown;
  std::string_view error_code;
  std::string_view page;    ///< Where the person was: the tag, else `route`.
  std::string_view action;  ///< What they did: the tag, else `support.action`, else `component`.
  bool user_blocked = false;
  bool recovery_attempted = false;  ///< The event tells of an attempt to recover; it is no error then.
  bool recovered = false;
  std::string_view body;  ///< The whole line, without its line break and without carriage returns.
};

/// A line that could not be read, by its place among the lines that are not empty.
struct RejectedLine {
  std::size_t index = 0;
  std::string reason;  ///< `invalid_json`, or `missing:<field>`, `invalid:<field>`, or `not_an_object`.
};

/// The events of one NDJSON text as the edge writes it, each read in one pass. A line that can't be read is rejected
/// alone. Owns the text; does not move, for the rows point into it.
class EventBatch {
 public:
  /// `now` stands in for a `received_at` that is missing or unreadable.
  EventBatch(std::string lines, Timestamp now);
  EventBatch(const EventBatch&) = delete;
  EventBatch& operator=(const EventBatch&) = delete;

  const std::vector<EventRow>& rows() const { return rows_; }
  const std::vector<RejectedLine>& rejected() const { return rejected_; }
  std::size_t bytes() const { return lines_.size(); }

 private:
  friend class RowReader;

  std::string lines_;
  std::deque<std::string> decoded_;  ///< Strings that had escapes; a deque, so that views into them stay.
  std::vector<EventRow> rows_;
  std::vector<RejectedLine> rejected_;
};

}  // namespace mayday::origin
