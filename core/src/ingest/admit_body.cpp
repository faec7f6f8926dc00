#include "context.h"
#include "mayday/base/entries.h"
#include "mayday/base/json_members.h"
#include "mayday/base/json_writer.h"
#include "mayday/ingest/admit.h"
#include "mayday/ingest/drift.h"
#include "shape.h"

namespace mayday {
namespace {

/// A body that broke off on its way need not be read to know that it is not JSON.
bool is_cut_off(std::string_view body) {
  while (!body.empty() && bytes::is_space(body.back())) body.remove_suffix(1);
  while (!body.empty() && bytes::is_space(body.front())) body.remove_prefix(1);
  if (body.empty()) return true;
  return (body.front() == '{' && body.back() != '}') || (body.front() == '[' && body.back() != ']');
}

std::string_view to_string(Refusal::Why why) {
  return entry_at("none\nnot_an_object\nmissing\ninvalid\nduplicate\n", static_cast<std::size_t>(why));
}

}  // namespace

/// A token is of use only where the floor is in the way.
[[gnu::cold]] bool Ingest::may_be_diagnosed(const Request& request) const {
  return !policy_.diagnostic_secret.empty() && policy_.level_floor > Level::debug &&
         request.cookie.find("diag=") != std::string_view::npos;
}

[[gnu::cold]] Answer Ingest::read_body(Context& context) {
  const Request& request = context.request;
  Prepared body = request.prepared ? *request.prepared : Prepared{};
  body.text = request.body;
  const bool is_gzip = !request.prepared && mayday::is_gzip(request.content_encoding);
  const bool is_json = !is_gzip && !is_cut_off(body.text);
  Shape shape = is_json ? shape_of(body.text) : Shape::event;
  const bool is_diagnosed = (is_gzip || is_json) && may_be_diagnosed(request);
  if (!request.prepared && (is_gzip || is_diagnosed || shape == Shape::otlp)) {
    errand_ = {.body = request.body, .is_gzip = is_gzip, .environment = policy_.environment, .now = request.now};
    if (is_diagnosed) errand_.cookies = request.cookie, errand_.secret = policy_.diagnostic_secret;
    if (!on_demand_) return {.status = 0};
    body = on_demand_->prepare(errand_);
    shape = shape_of(body.text);
  }
  context.diagnostic_session = body.session;
  tally_.is_otlp = body.is_otlp;
  Code code = body.code;
  if (code == Code::none && is_cut_off(body.text)) code = Code::invalid_json;
  if (code == Code::none) {
    json::Reader reader(body.text);
    read_value(shape, context, reader);
    reader.finish();
    code = reader.failed() ? Code::invalid_json : judge_body(context);
  }
  settle_counters(code);
  if (code == Code::none) {
    correct_clock(context);
    return accept(context);
  }
  if (code == Code::invalid_json || code == Code::payload_too_large) rejected_.clear();
  tally_ = {};
  lines_.clear();
  return refuse(code, context, code == Code::origin_unavailable ? unavailable_retry_s : 0);
}

[[gnu::cold]] void Ingest::read_value(Shape shape, Context& context, json::Reader& reader) {
  if (reader.kind() == json::Kind::array) return read_events(reader, context);
  if (reader.kind() == json::Kind::object)
    return shape == Shape::event ? read_event(reader, context) : read_envelope(reader, context);
  tally_.malformed = true;
  reader.skip();
}

[[gnu::cold]] Code Ingest::judge_body(const Context& context) const {
  if (tally_.too_many) return Code::payload_too_large;
  if (tally_.malformed) return Code::invalid_payload;
  if (tally_.accepted == 0 && !tally_.is_otlp) {
    if (tally_.events == 0) return Code::invalid_payload;
    if (tally_.dropped == tally_.events) return Code::filtered;
    return tally_.below_level + tally_.dropped == tally_.events ? Code::level_not_allowed : Code::invalid_payload;
  }
  return lines_.size() > context.request.room_bytes ? Code::origin_unavailable : Code::none;
}

/// Every event that was read ends as accepted or under one code; a body that could not be read counts as one.
[[gnu::cold]] void Ingest::settle_counters(Code code) {
  const auto rejected = [&](Code reason) -> std::uint64_t& {
    return counters_.rejected[static_cast<std::size_t>(reason)];
  };
  const bool is_empty = code == Code::none && tally_.events == 0;  // An exporter that had nothing to send.
  const std::uint64_t events = tally_.events > 0 || is_empty ? tally_.events : 1;
  counters_.received += events;
  counters_.unknown_fields = sanitizer_.unknown_fields();
  const bool unreadable = code == Code::invalid_json || code == Code::payload_too_large;
  // What comes again would be counted again.
  for (std::size_t i = 0; i < discard_kinds && !unreadable && code != Code::origin_unavailable; ++i)
    counters_.discarded[i] += report_.discarded[i];
  if (unreadable || tally_.malformed || (tally_.events == 0 && !is_empty)) {
    rejected(code) += events;
    return;
  }
  for (std::size_t i = 0; i < filter_kinds; ++i) counters_.filtered[i] += tally_.filtered[i];
  rejected(Code::level_not_allowed) += tally_.below_level;
  rejected(Code::filtered) += tally_.dropped;
  rejected(Code::invalid_payload) += events - tally_.accepted - tally_.below_level - tally_.dropped;
  if (code == Code::origin_unavailable)
    rejected(code) += tally_.accepted;
  else
    counters_.accepted += tally_.accepted;
}

/// The lines are written by now, wherever in the text the envelope's `client` stood.
[[gnu::cold]] void Ingest::correct_clock(const Context& context) {
  if (!report_.sent_at) return;
  const Timestamp now = context.request.now;
  const std::int64_t drift = drift_ms(*report_.sent_at, now);
  if (drift != 0 || tally_.latest.ms > now.ms + drift_ms_max) correct_timestamps(lines_, drift, now);
}

[[gnu::cold]] void Ingest::read_envelope(json::Reader& reader, Context& context) {
  bool seen = false;
  for (json::Members members(reader, "client\nevents\n"); members.next();) {
    if (members.index() == 0) {
      read_client(reader);
    } else if (seen || reader.kind() != json::Kind::array) {
      tally_.malformed = true;
      reader.skip();
    } else {
      seen = true;
      read_events(reader, context);
    }
  }
}

[[gnu::cold]] void Ingest::read_client(json::Reader& reader) {
  if (tally_.reported) tally_.malformed = true;
  tally_.reported = true;
  if (reader.kind() == json::Kind::object && !tally_.malformed)
    read_client_report(reader, report_);
  else
    reader.skip();
}

[[gnu::cold]] void Ingest::read_events(json::Reader& reader, Context& context) {
  const std::size_t events_max = tally_.is_otlp ? otlp_records_max : batch_events_max;
  for (bool more = reader.first_element(); more; more = reader.next_element()) {
    if (tally_.events < events_max) {
      read_event(reader, context);
    } else {
      tally_.too_many = true;
      ++tally_.events;
      reader.skip();
    }
  }
}

void Ingest::read_event(json::Reader& reader, Context& context) {
  const std::size_t start = lines_.size();
  EventFacts facts;
  const Refusal refusal = sanitizer_.sanitize(reader, lines_, facts);
  const std::size_t index = tally_.events++;
  if (refusal && !reader.failed()) reject_event(index, to_string(refusal.why), refusal.field);
  if (refusal || reader.failed() || !passes(facts, context, index)) return lines_.truncate(start);
  enrich(facts, context);
  sanitizer_.close(lines_);
  lines_.append('\n');
  ++tally_.accepted;
  if (facts.timestamp > tally_.latest) tally_.latest = facts.timestamp;
}

bool Ingest::passes(const EventFacts& facts, Context& context, std::size_t index) {
  if (!allows(facts, context)) {
    ++tally_.below_level;
    reject_event(index, mayday::to_string(Code::level_not_allowed), {});
    return false;
  }
  const std::optional<Filter> filter = filter_of(facts, context);
  if (!filter) return true;
  ++tally_.dropped;
  reject_event(index, mayday::to_string(Code::filtered), to_string(*filter));
  return false;
}

/// In prod a LangGraph run's steps are wanted although they are no warnings, and what a support engineer asked a session for
/// (SPEC section 4.4).
bool Ingest::allows(const EventFacts& facts, const Context& context) const {
  if (facts.level >= policy_.level_floor) return true;
  if (policy_.is_prod && facts.is_langgraph && facts.level == Level::info) return true;
  return !facts.session_id.empty() && context.diagnostic_session == facts.session_id.in(lines_);
}

/// Counts each filter that knows the event; answers the first of them that is to drop it.
[[gnu::noinline]] std::optional<Filter> Ingest::filter_of(const EventFacts& facts, Context& context) {
  std::optional<Filter> found;
  for (std::size_t i = 0; i < filter_kinds && !found; ++i) {
    const FilterAction action = policy_.filters.actions[i];
    if (action == FilterAction::off || !knows(static_cast<Filter>(i), facts, context)) continue;
    ++tally_.filtered[i];
    if (action == FilterAction::drop) found = static_cast<Filter>(i);
  }
  return found;
}

[[gnu::cold]] bool Ingest::knows(Filter filter, const EventFacts& facts, Context& context) {
  switch (filter) {
    case Filter::extensions: return is_extension_stack(facts.stack.in(lines_));
    case Filter::crawlers: return agent_of(context).crawler;
    case Filter::localhost: return is_local_origin(context.request.origin);
    case Filter::noise: {
      const std::string_view message = facts.message.in(lines_), error = facts.error_message.in(lines_);
      // Most often they are the same.
      const bool same = message.size() == error.size() && bytes::equal(message.data(), error.data(), error.size());
      return is_noise(message) || (!same && is_noise(error));
    }
    case Filter::patterns: break;
  }
  for (std::string_view rest = policy_.filters.patterns; !rest.empty();) {
    const std::string_view pattern = take_entry(rest);
    if (fits_pattern(facts.message.in(lines_), pattern)) return true;
    if (!facts.error_message.empty() && fits_pattern(facts.error_message.in(lines_), pattern)) return true;
  }
  return false;
}

[[gnu::cold]] void Ingest::reject_event(std::size_t index, std::string_view reason, std::string_view detail) {
  if (!rejected_.empty()) rejected_.append(',');
  json::ObjectWriter entry(rejected_);
  entry.integer("index", static_cast<std::int64_t>(index));
  Buffer& out = entry.member("reason");
  out.append('"');
  out.append(reason);
  if (!detail.empty()) {
    out.append(':');
    out.append(detail);
  }
  out.append('"');
  entry.close();
}

}  // namespace mayday
