#include "mayday/client/client.h"

#include <algorithm>
#include <limits>

#include "mayday/base/json_writer.h"
#include "mayday/base/uuid.h"
#include "mayday/client/scrub.h"

namespace mayday {
namespace {

/// A moment for an error's followers: most come in the same task.
constexpr std::int64_t company_wait_ms = 100;
constexpr std::int64_t retry_wait_ms_min = 1'000;
constexpr std::int64_t retry_wait_ms_max = 60'000;
constexpr std::int64_t retry_after_ms_max = 3'600'000;  // A server that asks for more is not believed.

/// `{"event_id":"<uuid>"`, which every event made here begins with.
constexpr std::string_view id_head = "{\"event_id\":\"";

/// What a body holds around its events, at most.
constexpr std::size_t envelope_bytes_max = 320;

constexpr std::array<std::string_view, drop_kinds> drop_names{"rate_limited", "duplicate", "queue_full", "before_send",
                                                              "sampled"};

}  // namespace

Client::Client(ClientOptions options, Timestamp now)
    : batch_wait_ms_(options.batch_wait_ms),
      random_(options.seed),
      bucket_(options.rate, now),
      dedupe_(options.dedupe_window_ms),
      last_batch_{now.ms - options.batch_wait_ms} {}

void Client::discard(Drop reason, std::uint32_t times) { discarded_[static_cast<std::size_t>(reason)] += times; }

void Client::restore(std::string_view event, std::uint32_t count, Timestamp now) {
  if (queued_ == queue_events_max) return;
  make_room(count, now)->append(event);
  queue_[queued_ - 1].paid = true;
  std::size_t place = in_flight_;
  while (queue_[place].paid && place + 1 < queued_) ++place;
  for (std::size_t i = queued_ - 1; i > place; --i) queue_[i].exchange(queue_[i - 1]);
}

bool Client::record(std::string_view event, std::uint64_t signature, std::uint32_t count, Timestamp now) {
  if (dedupe_.fold(signature, now, count)) return false;
  event_.clear();
  event_.append(id_head);
  format_uuid(make_uuid(now, random_), event_.claim(uuid_chars));
  event_.commit(uuid_chars);
  event_.append('"');
  const std::size_t start = event_.size();
  if (!scrub(event, event_, scratch_)) return false;
  event_.data()[start] = ',';  // In place of the event's own brace.
  if (event_.size() > event_bytes_max) return discard(Drop::queue_full), false;
  dedupe_.open(signature, event_.view(), now);
  enqueue_summaries(now, false);
  enqueue(event_.view(), count, now);
  return true;
}

/// `event` begins with `id_head`; where it stands for more than one, the count comes before.
void Client::enqueue(std::string_view event, std::uint32_t count, Timestamp now) {
  Buffer* place = make_room(count, now);
  if (place == nullptr) return;
  if (count > 1) {
    place->append("{\"count\":");
    json::append_integer(*place, count);
    place->append(',');
    event.remove_prefix(1);
  }
  place->append(event);
}

/// Smaller than a swap, which moves thrice.
void Client::Waiting::exchange(Waiting& other) {
  event = std::move(other.event);  // Which takes the other's room in return.
  std::swap(since, other.since);
  std::swap(count, other.count);
  std::swap(paid, other.paid);
}

/// Their buffers go behind the others, to be written anew.
void Client::forget(std::size_t first, std::size_t count) {
  for (std::size_t i = first; i + count < queued_; ++i) queue_[i].exchange(queue_[i + count]);
  queued_ -= count;
}

Buffer* Client::make_room(std::uint32_t count, Timestamp now) {
  if (queued_ == queue_events_max) {
    // What is in flight may be stored already: the oldest of the others goes.
    const bool room = in_flight_ < queued_;
    discarded_[static_cast<std::size_t>(Drop::queue_full)] += room ? queue_[in_flight_].count : count;
    if (!room) return nullptr;
    forget(in_flight_, 1);
  }
  Waiting& waiting = queue_[queued_++];
  waiting.event.clear();
  waiting.since = now;
  waiting.count = count;
  waiting.paid = false;
  return &waiting.event;
}

void Client::enqueue_summaries(Timestamp now, bool all) {
  for (;;) {
    const DedupeWindow::Summary summary = dedupe_.take_ended(now, all);
    if (summary.count == 0) return;
    event_.clear();
    event_.append(summary.event);
    format_uuid(make_uuid(now, random_), event_.data() + id_head.size());
    enqueue(event_.view(), summary.count, now);
  }
}

Timestamp Client::ready_at() const {
  if (queued_ == 0 || queue_[0].paid) return not_before_;
  return {std::max({queue_[0].since.ms + company_wait_ms, last_batch_.ms + batch_wait_ms_, not_before_.ms})};
}

std::size_t Client::events_to_send(Timestamp now, bool leaving) {
  if (!leaving && (in_flight_ > 0 || queued_ == 0 || now < ready_at())) return 0;
  std::size_t tokens = leaving ? batch_events_max : bucket_.tokens(now);
  std::size_t bytes = envelope_bytes_max;
  std::size_t events = 0;
  while (events < std::min(queued_, batch_events_max)) {
    const Waiting& next = queue_[events];
    bytes += next.event.size() + 1;
    if (bytes > beacon_bytes_max || (!next.paid && tokens-- == 0)) break;
    ++events;
  }
  return events;
}

Batch Client::take(Timestamp now, bool leaving, std::string_view sent_at) {
  if (leaving) in_flight_ = 0;
  enqueue_summaries(now, leaving);
  const std::size_t events = events_to_send(now, leaving);
  if (events == 0) return {.body = {}, .events = 0, .wake_ms = wake_ms(now)};
  for (std::size_t i = 0; i < events; ++i) {
    if (!queue_[i].paid) bucket_.take(now);
    queue_[i].paid = true;
  }
  write_body(events, sent_at);
  in_flight_ = events;
  last_batch_ = now;
  return {.body = body_.view(), .events = static_cast<std::uint32_t>(events), .wake_ms = wake_ms(now)};
}

void Client::write_body(std::size_t events, std::string_view sent_at) {
  body_.clear();
  body_.append("{\"events\":[");
  for (std::size_t i = 0; i < events; ++i) {
    if (i > 0) body_.append(',');
    body_.append(queue_[i].event.view());
  }
  // Piece by piece: nothing here needs an escape.
  body_.append("],\"client\":{\"sdk\":\"mayday\"");
  if (!sent_at.empty()) {
    body_.append(",\"sent_at\":\"");
    body_.append(sent_at);
    body_.append('"');
  }
  reported_ = discarded_;
  body_.append(",\"discarded\":");
  json::ObjectWriter discarded(body_);
  for (std::size_t i = 0; i < drop_kinds; ++i) {
    if (reported_[i] > 0) discarded.integer(drop_names[i], reported_[i]);
  }
  discarded.close();
  body_.append('}');
  body_.append('}');
}

bool Client::settle(int status, std::int64_t retry_after_ms, Timestamp now, bool kept) {
  if (in_flight_ == 0) return true;
  const bool again = status < 200 || status == 408 || status == 429 || status >= 500;
  unanswered_ = status == 0;
  if (!again || kept) forget(0, in_flight_);
  in_flight_ = 0;
  if (again) return retry_later(retry_after_ms, now), false;
  for (std::size_t i = 0; i < drop_kinds; ++i) discarded_[i] -= reported_[i];
  reported_ = {};
  failures_ = 0;
  not_before_ = {};
  return true;
}

void Client::retry_later(std::int64_t retry_after_ms, Timestamp now) {
  const std::int64_t grown = std::min(retry_wait_ms_min << std::min<std::uint32_t>(failures_++, 6), retry_wait_ms_max);
  const std::int64_t wait = retry_after_ms > 0 ? std::min(retry_after_ms, retry_after_ms_max) : grown;
  // Many pages heard the same refusal: they do not come back at one time.
  const auto jitter = static_cast<std::int64_t>(random_.next() % static_cast<std::uint64_t>(wait / 4 + 1));
  not_before_ = {now.ms + wait + jitter};
}

void Client::reconnect() {
  if (unanswered_) not_before_ = {};
}

std::int64_t Client::token_wait_ms(Timestamp now) { return queue_[in_flight_].paid ? 0 : bucket_.wait_ms(now); }

std::int64_t Client::wake_ms(Timestamp now) {
  std::int64_t at = dedupe_.next_end().ms;
  // What a store keeps may go again then.
  if (resting(now)) at = std::min(at, not_before_.ms);
  if (queued_ > in_flight_) at = std::min(at, std::max(ready_at().ms, now.ms + token_wait_ms(now)));
  return at == std::numeric_limits<std::int64_t>::max() ? -1 : std::max<std::int64_t>(at - now.ms, 1);
}

}  // namespace mayday
