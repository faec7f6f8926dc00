#include "wasm-client/bindings.h"

#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <cstdint>
#include <optional>

#include "mayday/base/sha256.h"
#include "mayday/client/client.h"
#include "mayday/client/trigger.h"

namespace mayday::bindings {
namespace {

std::optional<Client> client;  // One for each instance of the module.
Trigger support;
Batch batch;  // What `wake_ms` and `events` speak of.

Timestamp at(double ms) { return Timestamp{static_cast<std::int64_t>(ms)}; }

/// A number crosses into the module without an allocation, and a text does not: a storm asks ten thousand times.
std::string_view text_of(const int& signature) { return {reinterpret_cast<const char*>(&signature), sizeof signature}; }

std::array<std::uint64_t, 4> parse_seed(std::string_view hex) {
  std::array<std::uint64_t, 4> seed{};
  for (std::size_t i = 0; i < hex.size() && i < 64; ++i) {
    const char c = hex[i];
    const auto digit = static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    seed[i / 16] = seed[i / 16] << 4 | (digit & 15);
  }
  return seed;
}

}  // namespace

void start(const std::string& seed, double burst, double per_second, double dedupe_window_ms, double batch_wait_ms,
           double now) {
  client.emplace(ClientOptions{.rate = {.burst = static_cast<std::uint32_t>(burst),
                                        .per_second = static_cast<std::uint32_t>(per_second)},
                               .dedupe_window_ms = static_cast<std::int64_t>(dedupe_window_ms),
                               .batch_wait_ms = static_cast<std::int64_t>(batch_wait_ms),
                               .seed = parse_seed(seed)},
                 at(now));
}

bool repeats(int signature, double now) { return client->repeats(text_of(signature), at(now)); }

bool record(const std::string& event, int signature, int count, double now) {
  return client->record(event, text_of(signature), static_cast<std::uint32_t>(count), at(now));
}

void restore(const std::string& event, int count, double now) {
  client->restore(event, static_cast<std::uint32_t>(count), at(now));
}

void discard(int reason, int times) { client->discard(static_cast<Drop>(reason), static_cast<std::uint32_t>(times)); }

std::string take(double now, bool leaving) { return std::string((batch = client->take(at(now), leaving)).body); }

double wake_ms() { return static_cast<double>(batch.wake_ms); }

int events() { return static_cast<int>(batch.events); }

bool settle(int status, double retry_after_ms, double now, bool kept) {
  return client->settle(status, static_cast<std::int64_t>(retry_after_ms), at(now), kept);
}

bool resting(double now) { return client->resting(at(now)); }

void reconnect() { client->reconnect(); }

int waiting() { return static_cast<int>(client->waiting()); }

int discarded(int reason) { return static_cast<int>(client->discarded(static_cast<Drop>(reason))); }

int trigger(const std::string& facts, const std::string& error, int name, double now) {
  if (name == 0) return static_cast<int>(support.opens(facts, error, at(now)));
  support.remember(static_cast<std::uint32_t>(name), at(now));
  return name;
}

std::string hash_user(const std::string& id) {
  std::string hex(64, '0');
  format_digest(sha256(id), hex.data());
  return hex;
}

}  // namespace mayday::bindings

// Embind's own start-up registers thirty types that no function here speaks of, and names types by sprintf. This takes its
// place in the link, as embind.js does on the other side, which has to tell these two from numbers: 5 KB (brotli) less for
// every page.
extern "C" {

EMSCRIPTEN_KEEPALIVE __attribute__((constructor)) void __embind_register_native_and_builtin_types() {
  using namespace emscripten::internal;
  _embind_register_bool(TypeID<bool>::get(), "bool", sizeof(bool), true, false);
  _embind_register_std_string(TypeID<std::string>::get(), "std::string");
}

}  // extern "C"

EMSCRIPTEN_BINDINGS(mayday) {
  using namespace mayday::bindings;
  emscripten::function("start", &start);
  emscripten::function("repeats", &repeats);
  emscripten::function("record", &record);
  emscripten::function("restore", &restore);
  emscripten::function("discard", &discard);
  emscripten::function("take", &take);
  emscripten::function("wakeMs", &wake_ms);
  emscripten::function("events", &events);
  emscripten::function("settle", &settle);
  emscripten::function("resting", &resting);
  emscripten::function("reconnect", &reconnect);
  emscripten::function("waiting", &waiting);
  emscripten::function("discarded", &discarded);
  emscripten::function("trigger", &trigger);
  emscripten::function("hashUser", &hash_user);
}
