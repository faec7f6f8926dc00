#include "wasm-client/bindings.h"

#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

#include "mayday/base/sha256.h"
#include "mayday/client/client.h"
#include "mayday/client/trigger.h"

namespace mayday::bindings {
namespace {

/// One for each instance of the module, made by `start`. The page ends with it, so nothing ever takes it down.
alignas(Client) std::byte place[sizeof(Client)];
Client* const client = reinterpret_cast<Client*>(place);
Trigger support;
Batch batch;  // What `wake_ms` speaks of.

Timestamp at(double ms) { return Timestamp{static_cast<std::int64_t>(ms)}; }

std::uint64_t number_of(int signature) { return static_cast<std::uint32_t>(signature); }

std::string_view view(const Text& text) { return {text.data, text.size}; }

const Text& answer(std::string_view text) {
  static Text answered;
  answered = {text.data(), text.size()};
  return answered;
}

std::array<std::uint64_t, 4> parse_seed(std::string_view hex) {
  std::array<std::uint64_t, 4> seed{};
  for (std::size_t i = 0; i < hex.size() && i < 64; ++i) {
    seed[i / 16] = seed[i / 16] << 4 | static_cast<std::uint64_t>((hex[i] <= '9' ? hex[i] : hex[i] + 9) & 15);
  }
  return seed;
}

}  // namespace

void start(const Text& seed, double now) {
  std::construct_at(client, ClientOptions{.seed = parse_seed(view(seed))}, at(now));
}

bool repeats(int signature, double now) { return client->repeats(number_of(signature), at(now)); }

bool record(const Text& event, int signature, int count, double now) {
  return client->record(view(event), number_of(signature), static_cast<std::uint32_t>(count), at(now));
}

void restore(const Text& event, int count, double now) {
  client->restore(view(event), static_cast<std::uint32_t>(count), at(now));
}

void discard(int reason, int times) { client->discard(static_cast<Drop>(reason), static_cast<std::uint32_t>(times)); }

const Text& take(double now, bool leaving, const Text& sent_at) {
  return answer((batch = client->take(at(now), leaving, view(sent_at))).body);
}

double wake_ms() { return static_cast<double>(batch.wake_ms); }

bool settle(int status, double retry_after_ms, double now, bool kept) {
  return client->settle(status, static_cast<std::int64_t>(retry_after_ms), at(now), kept);
}

bool resting(double now) { return client->resting(at(now)); }

void reconnect() { client->reconnect(); }

int waiting() { return static_cast<int>(client->waiting()); }

int discarded(int reason) { return static_cast<int>(client->discarded(static_cast<Drop>(reason))); }

int trigger(const Text& facts, const Text& error, int name, double now) {
  if (name == 0) return static_cast<int>(support.opens(view(facts), view(error), at(now)));
  support.remember(static_cast<std::uint32_t>(name), at(now));
  return name;
}

const Text& hash_user(const Text& id) {
  static char hex[64];
  format_digest(sha256(view(id)), hex);
  return answer({hex, sizeof hex});
}

}  // namespace mayday::bindings

namespace mayday::bindings {
namespace {

/// Registers a function with Embind (embind.js). All that is given and answered crosses as what it is in C++, a text as its
/// address, so that neither an invoker nor type ids nor Embind's own start-up are needed, which are 6 KB (brotli) for every page.
/// In the place of the arguments' count, which a function of WebAssembly knows, stands what it answers: 2 a text, 1 a truth.
template <typename Result, typename... Given>
void expose(const char* name, Result (*function)(Given...)) {
  constexpr unsigned answered = std::is_same_v<Result, const Text&> ? 2 : std::is_same_v<Result, bool> ? 1 : 0;
  emscripten::internal::_embind_register_function(
      name, answered, nullptr, nullptr, reinterpret_cast<emscripten::internal::GenericFunction>(function), nullptr);
}

}  // namespace
}  // namespace mayday::bindings

EMSCRIPTEN_BINDINGS(mayday) {
  using namespace mayday::bindings;
  expose("start", &start);
  expose("repeats", &repeats);
  expose("record", &record);
  expose("restore", &restore);
  expose("discard", &discard);
  expose("take", &take);
  expose("wakeMs", &wake_ms);
  expose("settle", &settle);
  expose("resting", &resting);
  expose("reconnect", &reconnect);
  expose("waiting", &waiting);
  expose("discarded", &discarded);
  expose("trigger", &trigger);
  expose("hashUser", &hash_user);
}
