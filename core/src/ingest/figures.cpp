#include "mayday/ingest/figures.h"

#include <span>

#include "mayday/base/entries.h"
#include "mayday/base/json_writer.h"

namespace mayday {
namespace {

/// Writes an object of those counts that are not zero.
void write_counts(json::ObjectWriter& body, std::string_view member, std::span<const std::uint64_t> counts,
                  std::string_view names) {
  json::ObjectWriter object(body.member(member));
  for (const std::uint64_t count : counts) {
    const std::string_view name = take_entry(names);
    if (count > 0) object.integer(name, static_cast<std::int64_t>(count));
  }
  object.close();
}

/// A metric is given as its name, a space, and what it tells.
class Exposition {
 public:
  explicit Exposition(Buffer& out) : out_(out) {}

  [[gnu::noinline]] void head(std::string_view metric) {
    name_ = take_until(metric, ' ');
    line("# HELP ", metric);
    line("# TYPE ", name_.ends_with("_total") ? "counter" : "gauge");
  }
  /// Label values are the core's own words: nothing to escape.
  [[gnu::noinline]] void sample(std::uint64_t value, std::string_view label = {}, std::string_view label_value = {}) {
    out_.append(prefix);
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
  [[gnu::noinline]] void single(std::string_view metric, std::uint64_t value) {
    head(metric);
    sample(value);
  }
  /// One sample for each kind, zeros too: a rate has to begin somewhere.
  [[gnu::noinline]] void samples(std::string_view metric, std::string_view label, std::span<const std::uint64_t> counts,
                                 std::string_view names) {
    head(metric);
    for (const std::uint64_t count : counts) sample(count, label, take_entry(names));
  }

 private:
  static constexpr std::string_view prefix = "mayday_edge_";

  void line(std::string_view begin, std::string_view end) {
    for (const std::string_view part : {begin, prefix, name_, std::string_view(" "), end, std::string_view("\n")})
      out_.append(part);
  }

  Buffer& out_;
  std::string_view name_;
};

/// The reasons for which an event can end as rejected.
constexpr Code reasons[] = {Code::invalid_json,       Code::invalid_payload,    Code::level_not_allowed,
                            Code::filtered,           Code::missing_signature,  Code::bad_signature,
                            Code::origin_not_allowed, Code::payload_too_large,  Code::unsupported_media_type,
                            Code::rate_limited,       Code::origin_unavailable, Code::origin_refused};

}  // namespace

Figures Figures::of(const IngestCounters& counters, const Request& request) {
  constexpr std::int64_t stalled_ms_max = 60'000;
  Figures figures{.counters = counters, .forwarded = request.forwarded, .pending = request.pending};
  figures.stalled = request.pending > 0 && request.stalled_ms >= stalled_ms_max;
  IngestCounters& all = figures.counters;
  all.received += request.replayed;
  all.accepted += request.replayed;
  const std::uint64_t refused = request.refused < all.accepted ? request.refused : all.accepted;
  all.accepted -= refused;
  all.rejected[static_cast<std::size_t>(Code::origin_refused)] += refused;
  return figures;
}

void Figures::write_health(Buffer& out, std::string_view version) const {
  json::ObjectWriter body(out);
  const auto integer = [&body](std::string_view name, std::uint64_t value) {
    body.integer(name, static_cast<std::int64_t>(value));
  };
  body.string("status", stalled != 0 ? "stalled" : "ok");
  body.string("version", version);
  integer("received", counters.received);
  integer("accepted", counters.accepted);
  write_counts(body, "rejected", counters.rejected, code_names);
  write_counts(body, "filtered", counters.filtered, filter_names);
  write_counts(body, "discarded", counters.discarded, discard_names);
  integer("unknown_fields", counters.unknown_fields);
  integer("forwarded", forwarded);
  integer("pending", pending);
  body.close();
}

void Figures::write_metrics(Buffer& out, std::string_view version) const {
  Exposition text(out);
  text.head("info The version that runs.");
  text.sample(1, "version", version);
  text.single("requests_total POST requests, whatever they were answered.", counters.requests);
  text.single("events_received_total Events; a request that could not be read counts as one.", counters.received);
  text.single("events_accepted_total Events that were forwarded or wait to be.", counters.accepted);
  text.head("events_rejected_total Events that were refused, by reason.");
  for (const Code reason : reasons)
    text.sample(counters.rejected[static_cast<std::size_t>(reason)], "reason", to_string(reason));
  text.samples("events_filtered_total Events that an inbound filter knew, by filter.", "filter", counters.filtered,
               filter_names);
  text.samples("client_discarded_total Events that browsers dropped themselves, by reason.", "reason",
               counters.discarded, discard_names);
  text.single("fields_unknown_total Fields that no schema knows, dropped.", counters.unknown_fields);
  text.single("events_forwarded_total Events that the receiver behind the edge has taken.", forwarded);
  text.single("events_pending Events that wait to be taken.", pending);
  text.single("stalled 1 where nothing was taken for 60 s while events waited.", stalled);
}

}  // namespace mayday
