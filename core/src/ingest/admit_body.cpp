#include "context.h"
#include "mayday/base/json_writer.h"
#include "mayday/ingest/admit.h"

namespace mayday {
namespace {

/// What the outermost object is, told by the first of its names that says so; unknown names are passed over.
enum class Shape { event, envelope };

Shape shape_of(std::string_view body) {
  json::Reader reader(body);
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() == "events" || reader.key() == "client") return Shape::envelope;
    if (schema::event.find(reader.key()) != nullptr) return Shape::event;
    reader.skip();
  }
  return Shape::event;
}

std::string_view to_string(Refusal::Why why) {
  switch (why) {
    case Refusal::Why::none: return "none";
    case Refusal::Why::not_an_object: return "not_an_object";
    case Refusal::Why::missing: return "missing";
    case Refusal::Why::invalid: return "invalid";
    case Refusal::Why::duplicate: return "duplicate";
  }
  return "invalid";
}

}  // namespace

Answer Ingest::read_body(const Request& request, const Context& context) {
  format_timestamp(request.now, received_at_.data());
  json::Reader reader(request.body);
  switch (reader.kind()) {
    case json::Kind::array: read_events(reader, request, context); break;
    case json::Kind::object:
      if (shape_of(request.body) == Shape::envelope)
        read_envelope(reader, request, context);
      else
        read_event(reader, request, context);
      break;
    default: reader.skip(); tally_.malformed = true;
  }
  reader.finish();
  const Code code = reader.failed() ? Code::invalid_json : judge_body(request);
  settle_counters(code);
  if (code != Code::none) {
    if (code == Code::invalid_json || code == Code::payload_too_large) rejected_.clear();
    tally_ = {};
    lines_.clear();
    return refuse(code, context, code == Code::origin_unavailable ? unavailable_retry_s : 0);
  }
  json::ObjectWriter body(body_);
  body.integer("accepted", tally_.accepted);
  Buffer& list = body.member("rejected");
  list.append('[');
  list.append(rejected_.view());
  list.append(']');
  body.string("request_id", context.request_id);
  body.close();
  Answer answer = finish(200, context);
  answer.lines = lines_.view();
  answer.events = tally_.accepted;
  return answer;
}

Code Ingest::judge_body(const Request& request) const {
  if (tally_.too_many) return Code::payload_too_large;
  if (tally_.malformed || tally_.events == 0) return Code::invalid_payload;
  if (tally_.accepted == 0) {
    return tally_.below_level == tally_.events ? Code::level_not_allowed : Code::invalid_payload;
  }
  return lines_.size() > request.room_bytes ? Code::origin_unavailable : Code::none;
}

/// Every event that was read ends as accepted or under one code; a body that could not be read counts as one.
void Ingest::settle_counters(Code code) {
  const auto rejected = [&](Code reason) -> std::uint64_t& {
    return counters_.rejected[static_cast<std::size_t>(reason)];
  };
  const std::uint64_t events = tally_.events > 0 ? tally_.events : 1;
  counters_.received += events;
  counters_.unknown_fields = sanitizer_.unknown_fields();
  if (code == Code::invalid_json || code == Code::payload_too_large || tally_.malformed || tally_.events == 0) {
    rejected(code) += events;
    return;
  }
  rejected(Code::level_not_allowed) += tally_.below_level;
  rejected(Code::invalid_payload) += events - tally_.accepted - tally_.below_level;
  if (code == Code::origin_unavailable)
    rejected(code) += tally_.accepted;
  else
    counters_.accepted += tally_.accepted;
}

void Ingest::read_envelope(json::Reader& reader, const Request& request, const Context& context) {
  bool seen = false;
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() != "events") {
      reader.skip();
    } else if (seen || reader.kind() != json::Kind::array) {
      tally_.malformed = true;
      reader.skip();
    } else {
      seen = true;
      read_events(reader, request, context);
    }
  }
}

void Ingest::read_events(json::Reader& reader, const Request& request, const Context& context) {
  for (bool more = reader.first_element(); more; more = reader.next_element()) {
    if (tally_.events < batch_events_max) {
      read_event(reader, request, context);
    } else {
      tally_.too_many = true;
      ++tally_.events;
      reader.skip();
    }
  }
}

void Ingest::read_event(json::Reader& reader, const Request& request, const Context& context) {
  const std::size_t start = lines_.size();
  EventFacts facts;
  const Refusal refusal = sanitizer_.sanitize(reader, lines_, facts);
  const std::size_t index = tally_.events++;
  if (refusal || reader.failed() || !allows(facts)) {
    lines_.truncate(start);
    if (!reader.failed()) reject_event(index, refusal);
    return;
  }
  enrich(request, context, facts);
  sanitizer_.close(lines_);
  lines_.append('\n');
  ++tally_.accepted;
}

/// In prod a LangGraph run's steps are wanted although they are no warnings (SPEC section 4.4).
bool Ingest::allows(const EventFacts& facts) const {
  if (facts.level >= policy_.level_floor) return true;
  return policy_.is_prod && facts.is_langgraph && facts.level == Level::info;
}

void Ingest::reject_event(std::size_t index, const Refusal& refusal) {
  if (!refusal) ++tally_.below_level;
  if (!rejected_.empty()) rejected_.append(',');
  json::ObjectWriter entry(rejected_);
  entry.integer("index", static_cast<std::int64_t>(index));
  Buffer& reason = entry.member("reason");
  reason.append('"');
  reason.append(refusal ? to_string(refusal.why) : mayday::to_string(Code::level_not_allowed));
  if (!refusal.field.empty()) {
    reason.append(':');
    reason.append(refusal.field);
  }
  reason.append('"');
  entry.close();
}

void Ingest::enrich(const Request& request, const Context& context, const EventFacts& facts) {
  const auto add = [this](std::string_view name, std::string_view value) {
    lines_.append(name);
    lines_.append(value);
    lines_.append('"');
  };
  char text[uuid_chars];
  if (!facts.has_event_id) {
    format_uuid(make_uuid(request.now, random_), text);
    add(",\"event_id\":\"", {text, uuid_chars});
  }
  if (!facts.has_request_id) add(",\"request_id\":\"", context.request_id);
  if (!facts.has_trace_id) add(",\"trace_id\":\"", context.trace_id);
  add(",\"received_at\":\"", {received_at_.data(), received_at_.size()});
  format_hex(facts.fingerprint.value(), text);
  add(",\"fingerprint\":\"", {text, 16});
}

}  // namespace mayday
