#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/json_reader.h"
#include "mayday/base/random.h"
#include "mayday/base/result.h"
#include "mayday/filter/sanitize.h"
#include "mayday/ingest/address_limit.h"
#include "mayday/ingest/policy.h"
#include "mayday/ingest/request.h"

namespace mayday {

/// What has gone through this `Ingest` since it began. received = accepted + the sum of rejected, always.
struct IngestCounters {
  std::uint64_t received = 0;  ///< Events; a request that could not be read counts as one.
  std::uint64_t accepted = 0;
  std::array<std::uint64_t, 32> rejected{};  ///< By `Code`.
  std::uint64_t unknown_fields = 0;
};

/// One answer and its effect. Everything points into the `Ingest` that made it and is void with its next call.
struct Answer {
  int status = 500;
  std::string_view headers;  ///< `name: value\n` lines, names in lower case; no content-length.
  std::string_view body;     ///< JSON, or empty.
  std::string_view lines;    ///< NDJSON to forward, each line ended by `\n`; empty unless the status is 200.
  std::uint32_t events = 0;  ///< Lines in `lines`.
};

/// The edge, whole: a function from a request to an answer and the lines to forward (SPEC sections 2 and 4). Holds the
/// rate limiter's table, the counters and its own buffers; a warm `admit` allocates nothing. Not for two threads at once.
///
/// Order of work: path, method, size and type; origin; signature; rate limit; one pass over the body. Whatever fails
/// first is the answer. If the text turns out not to be JSON after some events were read, none of them passes.
class Ingest {
 public:
  /// `seed` is the host's entropy: identifiers and the table's hash come from it.
  Ingest(Policy policy, std::array<std::uint64_t, 4> seed);

  /// Answers `POST /v1/logs`, `OPTIONS /v1/logs`, `GET /v1/logs/health`, and 404 or 405 for the rest.
  Answer admit(const Request& request);

  /// Takes back the acceptance of the last answer, whose lines the host failed to keep: 503 `origin_unavailable`.
  Answer refuse_last(const Request& request);

  /// Counts `events` that an earlier answer accepted as refused after all: a host that keeps lines later than it asks (the
  /// origin, whose commit others may precede) makes the answer itself.
  void take_back(std::uint32_t events);

  const IngestCounters& counters() const { return counters_; }

 private:
  struct Context;

  /// What the current body has come to so far.
  struct Tally {
    std::size_t events = 0;  ///< Read, refused ones too.
    std::uint32_t accepted = 0;
    std::uint32_t below_level = 0;
    bool malformed = false;  ///< JSON, but of no shape that is known.
    bool too_many = false;
  };

  void describe(const Request& request, Context& context);
  Answer health(const Request& request, const Context& context);
  Answer logs(const Request& request, const Context& context);
  Code check_request(const Request& request, const Context& context);
  Answer read_body(const Request& request, const Context& context);
  void read_envelope(json::Reader& reader, const Request& request, const Context& context);
  void read_events(json::Reader& reader, const Request& request, const Context& context);
  void read_event(json::Reader& reader, const Request& request, const Context& context);
  void enrich(const Request& request, const Context& context, const EventFacts& facts);
  bool allows(const EventFacts& facts) const;
  void reject_event(std::size_t index, const Refusal& refusal);
  Code judge_body(const Request& request) const;
  void settle_counters(Code code);
  Answer refuse(Code code, const Context& context, std::uint32_t retry_after_s = 0);
  Answer finish(int status, const Context& context);

  Policy policy_;
  Random random_;
  AddressLimit addresses_;
  Sanitizer sanitizer_;
  IngestCounters counters_;
  Buffer headers_;
  Buffer body_;
  Buffer lines_;
  Buffer rejected_;  ///< The current answer's refused events, as JSON elements.
  Tally tally_;
  std::array<char, timestamp_chars> received_at_{};
};

}  // namespace mayday
