#include "mayday/ingest/drift.h"

#include <string_view>

#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/limits.h"

namespace mayday {
namespace {

class Correction {
 public:
  Correction(Buffer& lines, std::int64_t drift, Timestamp now)
      : lines_(lines), drift_ms_(drift), now_(now), latest_ms_(now.ms + (drift == 0 ? drift_ms_max : 0)) {}

  void event(std::string_view line) {
    json::Reader reader(line);
    for (json::Members members(reader, "timestamp\nbreadcrumbs\n"); members.next();) {
      if (members.index() == 0)
        timestamp(reader);
      else
        breadcrumbs(reader);
    }
  }

 private:
  void breadcrumbs(json::Reader& reader) {
    for (bool more = reader.first_element(); more; more = reader.next_element()) {
      for (json::Members members(reader, "timestamp\n"); members.next();) timestamp(reader);
    }
  }

  void timestamp(json::Reader& reader) {
    const std::string_view text = reader.string().bytes;  // Without escapes: a piece of the line itself.
    const std::optional<Timestamp> told = parse_timestamp(text);
    MAYDAY_ASSERT(told && text.size() == timestamp_chars);
    Timestamp right{told->ms + drift_ms_};
    if (right.ms > latest_ms_) right = now_;
    format_timestamp(right, lines_.data() + (text.data() - lines_.data()));
  }

  Buffer& lines_;
  std::int64_t drift_ms_;
  Timestamp now_;
  std::int64_t latest_ms_;
};

}  // namespace

std::int64_t drift_ms(Timestamp sent_at, Timestamp now) {
  const std::int64_t apart = now.ms - sent_at.ms;
  return apart > drift_ms_max || apart < -drift_ms_max ? apart : 0;
}

[[gnu::noinline]] void correct_timestamps(Buffer& lines, std::int64_t drift, Timestamp now) {
  Correction correction(lines, drift, now);
  std::string_view rest = lines.view();
  while (!rest.empty()) correction.event(take_entry(rest));
}

}  // namespace mayday
