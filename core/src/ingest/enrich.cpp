#include "context.h"
#include "mayday/base/json_writer.h"
#include "mayday/ingest/ip_address.h"

namespace mayday {
namespace {

/// What a platform spells a country or a place of its own like; anything else is not believed.
bool is_place(std::string_view text, std::size_t chars_min, std::size_t chars_max) {
  for (char c : text) {
    if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) return false;
  }
  return text.size() >= chars_min && text.size() <= chars_max;
}

/// Writes the members of `device` that `agent` tells and that are not among `seen`, each with a comma behind it.
[[gnu::cold]] void write_device_members(Buffer& out, const UserAgent& agent, std::uint64_t seen) {
  const auto lacks = [seen](std::string_view name) {
    return (seen >> schema::device.index_of(schema::device.find(name)) & 1) == 0;
  };
  const auto add = [&out](std::string_view name, std::string_view text) {
    json::append_string(out, name);
    out.append(':');
    json::append_string(out, text);
    out.append(',');
  };
  // A version without its browser would speak of another.
  if (!agent.browser.empty() && lacks("browser")) {
    add("browser", agent.browser);
    if (!agent.version.empty() && lacks("browser_version")) add("browser_version", agent.version);
  }
  if (!agent.os.empty() && lacks("os")) add("os", agent.os);
  if (!agent.browser.empty() && lacks("mobile")) out.append(agent.mobile ? "\"mobile\":true," : "\"mobile\":false,");
}

}  // namespace

void Ingest::enrich(const EventFacts& facts, Context& context) {
  add_device(facts, context);
  const auto add = [this](std::string_view name, std::string_view value) {
    lines_.append(name);
    lines_.append(value);
    lines_.append('"');
  };
  char text[uuid_chars];
  if (!facts.has_event_id) {
    format_uuid(make_uuid(context.request.now, random_), text);
    add(",\"event_id\":\"", {text, uuid_chars});
  }
  if (!facts.has_request_id) add(",\"request_id\":\"", context.request_id);
  if (!facts.has_trace_id) add(",\"trace_id\":\"", context.trace_id);
  if (common_.empty()) write_common(context);
  lines_.append(common_.view());
  constexpr std::string_view name = ",\"fingerprint\":\"";
  char* at = lines_.claim(name.size() + 17);
  bytes::copy(at, name.data(), name.size());
  format_hex(facts.fingerprint.value(), at + name.size());
  at[name.size() + 16] = '"';
  lines_.commit(name.size() + 17);
}

[[gnu::cold]] void Ingest::write_common(const Context& context) {
  const Request& request = context.request;
  const auto add = [this](std::string_view name, std::string_view value) {
    common_.append(",\"");
    common_.append(name);
    common_.append("\":\"");
    common_.append(value);
    common_.append('"');
  };
  char text[timestamp_chars];
  format_timestamp(request.now, text);
  add("received_at", {text, timestamp_chars});
  if (is_place(request.country, 2, 2)) add("country", request.country);
  if (is_place(request.colo, 2, 8)) add("colo", request.colo);
  if (!policy_.keeps_client_address) return;
  const std::optional<IpAddress> address = parse_ip_address(context.address);
  if (!address) return;
  common_.append(",\"client_address\":\"");
  append_truncated(common_, *address);
  common_.append('"');
}

/// What the page did not say, the User-Agent says: into the object that is there, or as one of its own.
[[gnu::cold]] void Ingest::add_device(const EventFacts& facts, Context& context) {
  constexpr std::uint64_t told_by_agent = 0b1111;  // browser, browser_version, os, mobile: the table's first.
  if ((facts.device_seen & told_by_agent) == told_by_agent) return;
  device_.clear();
  write_device_members(device_, agent_of(context), facts.device_seen);
  if (device_.empty()) return;
  const std::string_view members = device_.view().substr(0, device_.size() - 1);
  if (facts.device.empty()) {
    lines_.append(",\"device\":{");
    lines_.append(members);
    lines_.append('}');
    return;
  }
  const bool first = facts.device.end - facts.device.begin == 2;
  const std::size_t at = facts.device.end - 1, moved = lines_.size() - at, room = members.size() + (first ? 0 : 1);
  lines_.claim(room);
  char* hole = lines_.data() + at;
  std::memmove(hole + room, hole, moved);
  if (!first) *hole++ = ',';
  bytes::copy(hole, members.data(), members.size());
  lines_.commit(room);
}

/// A page sends many batches, and pages of one browser are many.
[[gnu::cold]] const UserAgent& Ingest::agent_of(Context& context) {
  if (context.agent != nullptr) return *context.agent;
  const std::string_view header = context.request.user_agent.substr(0, agent_bytes_read), last = agent_header_.view();
  if (header.size() != last.size() || !bytes::equal(header.data(), last.data(), header.size())) {
    agent_header_.clear();
    agent_header_.append(header);
    agent_ = parse_user_agent(agent_header_.view());
  }
  context.agent = &agent_;
  return agent_;
}

}  // namespace mayday
