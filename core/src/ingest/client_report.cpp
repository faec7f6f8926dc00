#include "mayday/ingest/client_report.h"

#include <algorithm>

#include "mayday/base/limits.h"

namespace mayday {
namespace {

Discard discard_of(std::string_view reason) {
  for (std::size_t i = 0; i < discard_kinds; ++i) {
    if (reason == to_string(static_cast<Discard>(i))) return static_cast<Discard>(i);
  }
  return Discard::other;
}

/// A report is bounded as a whole too: reasons that are all `other`, or all the same, add up to no more.
void add(std::uint64_t& sum, std::int64_t count) {
  constexpr auto most = static_cast<std::uint64_t>(discarded_events_max);
  sum = std::min(sum + std::min(static_cast<std::uint64_t>(count), most), most);
}

void read_discarded(json::Reader& reader, ClientReport& report) {
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const Discard reason = discard_of(reader.key());
    if (reader.kind() != json::Kind::number) {
      reader.skip();
      continue;
    }
    const std::optional<std::int64_t> count = reader.number().integer();
    if (count && *count > 0) add(report.discarded[static_cast<std::size_t>(reason)], *count);
  }
}

}  // namespace

std::string_view to_string(Discard reason) {
  switch (reason) {
    case Discard::rate_limited: return "rate_limited";
    case Discard::duplicate: return "duplicate";
    case Discard::queue_full: return "queue_full";
    case Discard::before_send: return "before_send";
    case Discard::sampled: return "sampled";
    case Discard::other: return "other";
  }
  return "other";
}

[[gnu::noinline]] void read_client_report(json::Reader& reader, ClientReport& report) {
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const json::Kind kind = reader.kind();
    if (reader.key() == "sent_at" && kind == json::Kind::string) {
      report.sent_at = parse_timestamp(reader.string().bytes);
    } else if (reader.key() == "discarded" && kind == json::Kind::object) {
      read_discarded(reader, report);
    } else {
      reader.skip();
    }
  }
}

}  // namespace mayday
