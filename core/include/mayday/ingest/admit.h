#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/json_reader.h"
#include "mayday/base/random.h"
#include "mayday/base/result.h"
#include "mayday/filter/sanitize.h"
#include "mayday/ingest/address_limit.h"
#include "mayday/ingest/figures.h"
#include "mayday/ingest/on_demand.h"
#include "mayday/ingest/policy.h"
#include "mayday/ingest/request.h"
#include "mayday/ingest/user_agent.h"

namespace mayday {

enum class Shape;

/// One answer and its effect. Everything points into the `Ingest` that made it and is void with its next call.
struct Answer {
  int status = 500;
  std::string_view headers;  ///< `name: value\n` lines, names in lower case; no content-length.
  std::string_view body;     ///< JSON, metrics as text, or empty.
  std::string_view lines;    ///< NDJSON to forward, each line ended by `\n`; empty unless the status is 200.
  std::uint32_t events = 0;  ///< Lines in `lines`.
};

/// The edge, whole: a function from a request to an answer and the lines to forward (SPEC sections 2 and 4). Holds the
/// rate limiter's table, the counters and its own buffers; a warm `admit` allocates nothing. Not for two threads at once.
///
/// Order of work: path, method, size and type; origin; signature; rate limit; decompression; one pass over the body.
/// Whatever fails first is the answer. If the text turns out not to be JSON after some events were read, none of them passes.
class Ingest {
 public:
  /// `policy` must outlive it. `seed` is the host's entropy: identifiers and the table's hash come from it. Without
  /// `on_demand` the host has it elsewhere: a request that needs it, and may pass, is answered with status 0, and the host
  /// asks again with what the `errand` came to (`Request::is_signed`, then `Request::prepared`).
  Ingest(const Policy& policy, std::array<std::uint64_t, 4> seed,
         std::unique_ptr<OnDemand> on_demand = make_on_demand());
  Ingest(const Policy&& policy, std::array<std::uint64_t, 4> seed, std::unique_ptr<OnDemand> on_demand = {}) = delete;

  /// Answers `POST /v1/logs`, `OPTIONS` there, `GET /v1/logs/health` and `/v1/logs/metrics`, and 404 or 405 for the rest.
  Answer admit(const Request& request);

  /// Takes back the acceptance of the last answer, whose lines the host failed to keep: 503 `origin_unavailable`.
  Answer refuse_last(const Request& request);

  /// Counts `events` that an earlier answer accepted as refused after all: a host that keeps lines later than it asks (the
  /// origin, whose commit others may precede) makes the answer itself.
  void take_back(std::uint32_t events);

  /// Of an answer with status 0. Void with the next call.
  const Errand& errand() const { return errand_; }

  const IngestCounters& counters() const { return counters_; }

 private:
  struct Context;

  /// What the current body has come to so far.
  struct Tally {
    std::size_t events = 0;  ///< Read, refused ones too.
    std::uint32_t accepted = 0;
    std::uint32_t below_level = 0;
    std::uint32_t dropped = 0;  ///< By a filter.
    std::array<std::uint32_t, filter_kinds> filtered{};
    Timestamp latest;        ///< The latest timestamp of an event that passed.
    bool malformed = false;  ///< JSON, but of no shape that is known.
    bool too_many = false;
    bool is_otlp = false;
    bool reported = false;  ///< The envelope's `client` has been read.
  };

  void describe(Context& context);
  Answer page(Page page, Context& context);
  Answer logs(Context& context);
  Code check_request(const Context& context) const;
  Answer refuse_unread(Code code, const Context& context);

  Answer read_body(Context& context);
  bool may_be_diagnosed(const Request& request) const;
  void read_value(Shape shape, Context& context, json::Reader& reader);
  void read_envelope(json::Reader& reader, Context& context);
  void read_client(json::Reader& reader);
  void read_events(json::Reader& reader, Context& context);
  void read_event(json::Reader& reader, Context& context);
  bool passes(const EventFacts& facts, Context& context, std::size_t index);
  bool allows(const EventFacts& facts, const Context& context) const;
  std::optional<Filter> filter_of(const EventFacts& facts, Context& context);
  bool knows(Filter filter, const EventFacts& facts, Context& context);
  void reject_event(std::size_t index, std::string_view reason, std::string_view detail);
  Code judge_body(const Context& context) const;
  void settle_counters(Code code);
  void correct_clock(const Context& context);

  void enrich(const EventFacts& facts, Context& context);
  void add_device(const EventFacts& facts, Context& context);
  void write_common(const Context& context);
  const UserAgent& agent_of(Context& context);

  Answer accept(Context& context);
  Answer refuse(Code code, const Context& context, std::uint32_t retry_after_s = 0);
  Answer finish(int status, const Context& context);

  const Policy& policy_;
  std::unique_ptr<OnDemand> on_demand_;
  Errand errand_;
  Random random_;
  AddressLimit addresses_;
  Sanitizer sanitizer_;
  IngestCounters counters_;
  Buffer headers_;
  Buffer body_;
  Buffer lines_;
  Buffer rejected_;  ///< The current answer's refused events, as JSON elements.
  Buffer common_;    ///< What the current request adds to each of its events, as JSON members.
  Buffer device_;
  Buffer agent_header_;  ///< The last User-Agent, into which `agent_` points.
  UserAgent agent_;
  Tally tally_;
  ClientReport report_;
};

}  // namespace mayday
