#pragma once

#include <cstddef>

/// The door between the page's JavaScript and the client module: Embind free functions of texts and numbers.
/// Milliseconds since 1970 are doubles. There is one client per module instance; `start` makes it.
namespace mayday::bindings {

/// UTF-8, on both sides of the door. One that is given is void behind the call, one that is answered with the next call.
struct Text {
  const char* data;
  std::size_t size;
};

/// `seed` is 64 hex digits of the page's entropy. The limits are the core's own (SPEC sections 3.2 and 3.3).
void start(const Text& seed, double now);

/// True if an event with this signature, a number of the page's for equal events, is within its window: it has been counted, and there is nothing left to do.
bool repeats(int signature, double now);

/// Takes one event as JSON, without event_id and count, standing for `count` occurrences. `signature` is what `repeats`
/// was asked. False where it was not kept.
bool record(const Text& event, int signature, int count, double now);

/// Takes back an event that was in a body before, as JSON, standing for `count` occurrences.
void restore(const Text& event, int count, double now);

/// Counts events that the page dropped: 2 `queue_full`, 3 `before_send`, 4 `sampled`.
void discard(int reason, int times);

/// The next body to send, or empty. `wake_ms` then speaks of it. `sent_at` is `now` in RFC 3339.
const Text& take(double now, bool leaving, const Text& sent_at);

/// Milliseconds until `take` is worth another call; -1: not before the next `record`.
double wake_ms();

/// What came of the last body: the HTTP status, 0 for none; Retry-After in milliseconds, 0 for none. False where it must go
/// again: then it waits here, or where the page put it, if it was `kept`.
bool settle(int status, double retry_after_ms, double now, bool kept);

/// True while nothing should be sent: a server refused, or there was none.
bool resting(double now);

/// The network is back.
void reconnect();

/// Events that wait in the page.
int waiting();

/// Dropped so far for `reason` and not yet reported: 0 rate_limited, 1 duplicate, 2 queue_full, 3 before_send, 4 sampled.
int discarded(int reason);

/// Not 0 where the support widget should open by itself for an error: a name of the error. With such a `name` from earlier in the
/// session it only remembers that it did, then.
int trigger(const Text& facts, const Text& error, int name, double now);

/// SHA-256 of the user's id as 64 hex digits: what `setUser` sends.
const Text& hash_user(const Text& id);

}  // namespace mayday::bindings
