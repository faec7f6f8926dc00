#include "mayday/ingest/client_report.h"

#include <algorithm>

#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/limits.h"

namespace mayday {
namespace {

/// A report is bounded as a whole too: reasons that are all `other`, or all the same, add up to no more.
void add(std::uint64_t& sum, std::int64_t count) {
  constexpr auto most = static_cast<std::uint64_t>(discarded_events_max);
  sum = std::min(sum + std::min(static_cast<std::uint64_t>(count), most), most);
}

void read_discarded(json::Reader& reader, ClientReport& report) {
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    const std::size_t reason = std::min(entry_index(discard_names, reader.key()), std::size_t{5});
    const bool is_number = reader.kind() == json::Kind::number;
    const json::Number number{json::take_scalar(reader)};
    const std::int64_t count = is_number ? number.integer().value_or(0) : 0;
    if (count > 0) add(report.discarded[reason], count);
  }
}

}  // namespace

[[gnu::noinline]] void read_client_report(json::Reader& reader, ClientReport& report) {
  for (json::Members members(reader, "sent_at\ndiscarded\n"); members.next();) {
    const json::Kind kind = reader.kind();
    if (members.index() == 0 && kind == json::Kind::string)
      report.sent_at = parse_timestamp(reader.string().bytes);
    else if (members.index() == 1 && kind == json::Kind::object)
      read_discarded(reader, report);
    else
      reader.skip();
  }
}

}  // namespace mayday
