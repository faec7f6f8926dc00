#include "mayday/ingest/figures.h"

#include "mayday/base/json_writer.h"

namespace mayday {
namespace {

constexpr std::int64_t stalled_ms_max = 60'000;

/// Writes an object of those counts that are not zero.
template <typename Name, std::size_t N>
void write_counts(Buffer& out, const std::array<std::uint64_t, N>& counts) {
  json::ObjectWriter object(out);
  for (std::size_t i = 0; i < N; ++i) {
    if (counts[i] > 0) object.integer(to_string(static_cast<Name>(i)), static_cast<std::int64_t>(counts[i]));
  }
  object.close();
}

class Exposition {
 public:
  explicit Exposition(Buffer& out) : out_(out) {}

  void head(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    for (const std::string_view part : {std::string_view("# HELP "), name, std::string_view(" "), help,
                                        std::string_view("\n# TYPE "), name, std::string_view(" "), type})
      out_.append(part);
    out_.append('\n');
  }
  /// Label values are the core's own words: nothing to escape.
  void sample(std::uint64_t value, std::string_view label = {}, std::string_view label_value = {}) {
    out_.append(name_);
    if (!label.empty()) {
      out_.append('{');
      out_.append(label);
      out_.append("=\"");
      out_.append(label_value);
      out_.append("\"}");
    }
    out_.append(' ');
    json::append_integer(out_, static_cast<std::int64_t>(value));
    out_.append('\n');
  }
  /// One sample for each kind, zeros too: a rate has to begin somewhere.
  template <typename Name, std::size_t N>
  void samples(const std::array<std::uint64_t, N>& counts, std::string_view label) {
    for (std::size_t i = 0; i < N; ++i) sample(counts[i], label, to_string(static_cast<Name>(i)));
  }

 private:
  Buffer& out_;
  std::string_view name_;
};

/// The reasons for which an event can end as rejected.
constexpr Code reasons[] = {Code::invalid_json,       Code::invalid_payload,    Code::level_not_allowed,
                            Code::filtered,           Code::missing_signature,  Code::bad_signature,
                            Code::origin_not_allowed, Code::payload_too_large,  Code::unsupported_media_type,
                            Code::rate_limited,       Code::origin_unavailable, Code::origin_refused};

}  // namespace

Figures::Figures(const IngestCounters& since_begin, const Request& request)
    : counters(since_begin),
      forwarded(request.forwarded),
      pending(request.pending),
      stalled(request.pending > 0 && request.stalled_ms >= stalled_ms_max) {
  counters.received += request.replayed;
  counters.accepted += request.replayed;
  const std::uint64_t refused = request.refused < counters.accepted ? request.refused : counters.accepted;
  counters.accepted -= refused;
  counters.rejected[static_cast<std::size_t>(Code::origin_refused)] += refused;
}

[[gnu::noinline]] void Figures::write_health(Buffer& out, std::string_view version) const {
  json::ObjectWriter body(out);
  const auto integer = [&body](std::string_view name, std::uint64_t value) {
    body.integer(name, static_cast<std::int64_t>(value));
  };
  body.string("status", stalled ? "stalled" : "ok");
  body.string("version", version);
  integer("received", counters.received);
  integer("accepted", counters.accepted);
  write_counts<Code>(body.member("rejected"), counters.rejected);
  write_counts<Filter>(body.member("filtered"), counters.filtered);
  write_counts<Discard>(body.member("discarded"), counters.discarded);
  integer("unknown_fields", counters.unknown_fields);
  integer("forwarded", forwarded);
  integer("pending", pending);
  body.close();
}

[[gnu::noinline]] void Figures::write_metrics(Buffer& out, std::string_view version) const {
  Exposition text(out);
  text.head("mayday_edge_info", "gauge", "The version that runs.");
  text.sample(1, "version", version);
  text.head("mayday_edge_requests_total", "counter", "POST requests, whatever they were answered.");
  text.sample(counters.requests);
  text.head("mayday_edge_events_received_total", "counter", "Events; a request that could not be read counts as one.");
  text.sample(counters.received);
  text.head("mayday_edge_events_accepted_total", "counter", "Events that were forwarded or wait to be.");
  text.sample(counters.accepted);
  text.head("mayday_edge_events_rejected_total", "counter", "Events that were refused, by reason.");
  for (const Code reason : reasons)
    text.sample(counters.rejected[static_cast<std::size_t>(reason)], "reason", to_string(reason));
  text.head("mayday_edge_events_filtered_total", "counter", "Events that an inbound filter knew, by filter.");
  text.samples<Filter>(counters.filtered, "filter");
  text.head("mayday_edge_client_discarded_total", "counter", "Events that browsers dropped themselves, by reason.");
  text.samples<Discard>(counters.discarded, "reason");
  text.head("mayday_edge_fields_unknown_total", "counter", "Fields that no schema knows, dropped.");
  text.sample(counters.unknown_fields);
  text.head("mayday_edge_events_forwarded_total", "counter", "Events that the receiver behind the edge has taken.");
  text.sample(forwarded);
  text.head("mayday_edge_events_pending", "gauge", "Events that wait to be taken.");
  text.sample(pending);
  text.head("mayday_edge_stalled", "gauge", "1 where nothing was taken for 60 s while events waited.");
  text.sample(stalled ? 1 : 0);
}

}  // namespace mayday
