#include "origin/log.h"

#include <unistd.h>

#include "mayday/base/buffer.h"
#include "mayday/base/json_writer.h"
#include "origin/clock.h"

namespace mayday::origin {

void log_line(Level level, std::string_view message, const LogDetails& details) {
  char time[timestamp_chars];
  format_timestamp(wall_clock_now(), time);
  Buffer line;
  json::ObjectWriter out(line);
  out.string("timestamp", {time, timestamp_chars});
  out.string("level", to_string(level));
  out.string("service", "mayday-origin");
  out.string("message", message);
  if (!details.request_id.empty()) out.string("request_id", details.request_id);
  if (!details.trace_id.empty()) out.string("trace_id", details.trace_id);
  if (!details.error_type.empty() || !details.error_message.empty()) {
    json::ObjectWriter error(out.member("error"));
    error.string("type", details.error_type);
    error.string("message", details.error_message);
    error.close();
  }
  out.close();
  line.append('\n');
  // One write: lines of several threads stay whole. Where standard error is gone there is nobody left to tell.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace mayday::origin
