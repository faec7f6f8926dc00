#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/random.h"
#include "mayday/base/timestamp.h"
#include "mayday/filter/dedupe.h"
#include "mayday/filter/token_bucket.h"

namespace mayday {

/// Why the browser itself dropped an event. Spelled on the wire in `client.discarded`.
enum class Drop : std::uint8_t { rate_limited, duplicate, queue_full, before_send, sampled };
inline constexpr std::size_t drop_kinds = 5;

struct ClientOptions {
  TokenBucketOptions rate;
  std::int64_t dedupe_window_ms = 30'000;
  std::int64_t batch_wait_ms =
      2'000;  ///< Between two batches, at least. The first after a quiet time goes out at once.
  std::array<std::uint64_t, 4> seed{};
};

/// What the page should do next, and when to ask again.
struct Batch {
  std::string_view
      body;  ///< `{"events":[...],"client":{...}}`; empty if there is nothing to send now. Void with the next call.
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

  /// The cheap way for a storm: true if an event with this signature is within its window, and counts it. The caller
  /// then need not build the event. `signature` is any number that is equal for equal events.
  bool repeats(std::uint64_t signature, Timestamp now) { return dedupe_.fold(signature, now); }

  /// Takes one event as `JSON.stringify` writes it (SPEC section 1, without event_id and count, which are made here),
  /// standing for `count` occurrences, and scrubs it. An event whose signature is within its window is folded into the
  /// first. False where it was not kept: it was folded and counted, or it is no JSON object, or larger than
  /// `event_bytes_max`, which counts as `queue_full`.
  bool record(std::string_view event, std::uint64_t signature, std::uint32_t count, Timestamp now);

  /// Takes back an event that was in a body before, as it stood there, from the page's own store; `count` is what it stands
  /// for. It goes before what has never been sent, and costs no token: it has paid. Nothing where the queue is full: the
  /// store still has it.
  void restore(std::string_view event, std::uint32_t count, Timestamp now);

  /// Counts events that the page itself dropped (`before_send`, `sampled`, and `queue_full` where its store is).
  void discard(Drop reason, std::uint32_t times = 1);

  /// The next body of at most `beacon_bytes_max` bytes; empty while one is in flight. `leaving` ignores waits and tokens,
  /// for the page may have no later, and gives up what is in flight (do not settle it any more): it goes out again, and
  /// is stored once. With `leaving`, settle each body at once and call until there is none.
  /// `sent_at` is `now` as the body says it (RFC 3339); it says none where that is empty.
  Batch take(Timestamp now, bool leaving = false, std::string_view sent_at = {});

  /// What came of the last body: an HTTP status, or 0 where there was no answer. 2xx and 4xx (but 408 and 429) end it;
  /// anything else puts it back, answers false, and waits: `retry_after_ms` if given (not 0), else 1 s growing to 60 s, with
  /// jitter. `kept`: the page's store takes what would be put back; `take` still says when to come again.
  bool settle(int status, std::int64_t retry_after_ms, Timestamp now, bool kept = false);

  /// True while a refusal or a failure asks for rest.
  bool resting(Timestamp now) const { return now < not_before_; }

  /// The network is back: what rests because there was no answer rests no longer. What a server asked for stands.
  void reconnect();

  /// Events that wait, those in flight included.
  std::size_t waiting() const { return queued_; }
  /// Dropped so far by reason, and not yet reported.
  std::uint32_t discarded(Drop reason) const { return discarded_[static_cast<std::size_t>(reason)]; }

 private:
  struct Waiting {
    Buffer event;
    Timestamp since;
    std::uint32_t count = 0;  ///< How many captured events it stands for.
    bool paid = false;        ///< A token was spent on it already.

    void exchange(Waiting& other);
  };

  void forget(std::size_t first, std::size_t count);
  void enqueue(std::string_view event, std::uint32_t count, Timestamp now);
  /// The empty end of the queue, for an event; null, and counted, where all of the queue is in flight.
  Buffer* make_room(std::uint32_t count, Timestamp now);
  void enqueue_summaries(Timestamp now, bool all);
  std::size_t events_to_send(Timestamp now, bool leaving);
  void write_body(std::size_t events, std::string_view sent_at);
  void retry_later(std::int64_t retry_after_ms, Timestamp now);
  Timestamp ready_at() const;
  std::int64_t token_wait_ms(Timestamp now);
  std::int64_t wake_ms(Timestamp now);

  std::int64_t batch_wait_ms_;
  Random random_;
  TokenBucket bucket_;
  DedupeWindow dedupe_;
  std::array<Waiting, queue_events_max> queue_;  ///< The oldest first. Not a vector: its growing is code in every page.
  std::size_t queued_ = 0;
  std::array<std::uint32_t, drop_kinds> discarded_{};
  std::array<std::uint32_t, drop_kinds> reported_{};  ///< In the body in flight.
  Buffer event_;                                      ///< The event at hand, as it will be sent.
  Buffer scratch_;
  Buffer body_;
  std::size_t in_flight_ = 0;  ///< Events of `body_`, still at the queue's head.
  Timestamp last_batch_;
  Timestamp not_before_;        ///< No request earlier: the server asked for rest.
  std::uint32_t failures_ = 0;  ///< In a row.
  bool unanswered_ = false;     ///< The last of them was no answer at all.
};

}  // namespace mayday
