// What stands in a traceparent is taken if the standard's own grammar, as a regular expression, takes it; and the small
// readers of other headers survive anything.
#include <cstdlib>
#include <regex>
#include <string>

#include "mayday/ingest/ip_address.h"
#include "mayday/ingest/trace_context.h"
#include "mayday/ingest/user_agent.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 600) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const std::regex grammar(
      "(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|"
      "(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\\s\\S]*)?)");
  const std::optional<std::string_view> trace = mayday::trace_id_of(text);
  if (trace.has_value() != std::regex_match(text, grammar)) std::abort();
  if (trace && *trace != text.substr(3, 32)) std::abort();

  const mayday::UserAgent agent = mayday::parse_user_agent(text);
  if (agent.version.find_first_not_of("0123456789.") != std::string_view::npos) std::abort();
  const std::optional<mayday::IpAddress> address = mayday::parse_ip_address(text);
  if (!address) return 0;
  mayday::Buffer out;
  mayday::append_truncated(out, *address);
  const std::optional<mayday::IpAddress> again = mayday::parse_ip_address(out.view());
  if (!again || again->is_v4 != address->is_v4) std::abort();
  if (again->network().substr(0, 3) != address->network().substr(0, 3)) std::abort();
  return 0;
}
