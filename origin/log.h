#pragma once

#include <string_view>

#include "mayday/event/level.h"

namespace mayday::origin {

/// What a line of the origin's own log is about, beyond its message. Empty parts are left out.
struct LogDetails {
  std::string_view request_id = {};
  std::string_view trace_id = {};
  std::string_view error_type = {};
  std::string_view error_message = {};
};

/// Writes one JSON line to standard error, in one piece, so that threads do not mix their lines. Never throws.
void log_line(Level level, std::string_view message, const LogDetails& details = {});

}  // namespace mayday::origin
