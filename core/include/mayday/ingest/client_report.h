#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mayday/base/json_reader.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// Why a browser says that it dropped an event (SPEC section 2); a reason that is not known counts as `other`.
enum class Discard : std::uint8_t { rate_limited, duplicate, queue_full, before_send, sampled, other };
inline constexpr std::size_t discard_kinds = 6;

inline constexpr std::string_view discard_names = "rate_limited\nduplicate\nqueue_full\nbefore_send\nsampled\nother\n";

/// An envelope's `client`. Its `sdk` is read over: it tells of the sender, and no field of an event has room for it.
struct ClientReport {
  std::optional<Timestamp> sent_at;
  std::array<std::uint64_t, discard_kinds> discarded{};
};

/// Consumes the reader's next value, an object. What is not as it should be counts as not there; each number is cut at
/// `discarded_events_max`.
void read_client_report(json::Reader& reader, ClientReport& report);

}  // namespace mayday
