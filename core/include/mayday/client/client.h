#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/random.h"
#include "mayday/base/timestamp.h"
#include "mayday/filter/dedupe.h"
#include "mayday/filter/sanitize.h"
#include "mayday/filter/token_bucket.h"

namespace mayday {

/// Why the browser itself dropped an event. Spelled on the wire in `client.discarded`.
enum class Drop : std::uint8_t { rate_limited, duplicate, queue_full, before_send, sampled };
inline constexpr std::size_t drop_kinds = 5;

struct ClientOptions {
  TokenBucketOptions rate;
  std::int64_t dedupe_window_ms = 30'000;
  std::int64_t batch_wait_ms = 2'000;  ///< An event waits this long for company.
  std::size_t stack_lines_max = 6;
  std::array<std::uint64_t, 4> seed{};
};

/// What the page should do next, and when to ask again.
struct Batch {
  std::string_view body;   ///< `{"events":[...],"client":{...}}`; empty if there is nothing to send now. Void with the next call.
  std::uint32_t events = 0;
  std::int64_t wake_ms = -1;  ///< From now; -1: not before the next `record`.
};

/// Everything the browser decides, without a browser: dedupe, sanitize, queue, rate, batches, retries. One at a time is
/// in flight: after a `take` with a body comes a `settle`.
///
/// Everything recorded is delivered, waiting, or dropped under a `Drop` and reported with a later batch.
class Client {
 public:
  Client(ClientOptions options, Timestamp now);

  /// Takes one event as JSON (SPEC section 1). `event_id` and `timestamp` are added where missing; one that is equal to
  /// another within the window is folded into it. False where it was not kept: it is counted, or it is not an event.
  bool record(std::string_view event, Timestamp now);

  /// The cheap way for a storm: true if an event with this signature is within its window, and counts it. The caller
  /// then need not build the event. `signature` is any text that is equal for equal events.
  bool repeats(std::string_view signature, Timestamp now);

  /// `record` for an event announced by `repeats`, so that the next one is recognised by that text alone.
  bool record(std::string_view event, std::string_view signature, Timestamp now);

  /// Counts an event that the page itself dropped (`before_send`, `sampled`).
  void discard(Drop reason);

  /// The next body of at most `beacon_bytes_max` bytes. `leaving` ignores waits and tokens: the page has no later.
  /// With `leaving`, call until the body is empty; each is settled at once.
  Batch take(Timestamp now, bool leaving = false);

  /// What came of the last body: an HTTP status, or 0 where there was no answer. 2xx and 4xx (but 408 and 429) end it;
  /// anything else puts it back and waits: `retry_after_ms` if given (not 0), else 1 s growing to 60 s, with jitter.
  void settle(int status, std::int64_t retry_after_ms, Timestamp now);

  std::size_t waiting() const { return queue_.size(); }
  /// Dropped so far by reason, and not yet reported.
  std::uint32_t discarded(Drop reason) const { return discarded_[static_cast<std::size_t>(reason)]; }

 private:
  struct Waiting {
    Buffer event;
    Timestamp since;
  };

  bool admit(std::string_view event, std::uint64_t signature, Timestamp now);
  bool sanitize_into(std::string_view event, Timestamp now, const SanitizeOptions& options, Buffer& out, EventFacts& facts);
  void enqueue(std::string_view event, Timestamp now);
  void collect_summaries(Timestamp now, bool all);
  std::size_t fill_body(Timestamp now, bool leaving);
  std::int64_t next_wake_ms(Timestamp now);

  ClientOptions options_;
  Random random_;
  TokenBucket bucket_;
  DedupeWindow dedupe_;
  std::deque<Waiting> queue_;
  std::array<std::uint32_t, drop_kinds> discarded_{};
  std::array<std::uint32_t, drop_kinds> reported_{};  ///< In the body in flight.
  Buffer event_;
  Buffer body_;
  std::size_t in_flight_ = 0;   ///< Events of `body_`, still at the queue's head.
  Timestamp not_before_;        ///< No request earlier: the server asked for rest.
  std::uint32_t failures_ = 0;
};

}  // namespace mayday
