#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "mayday/base/bytes.h"
#include "mayday/filter/redact.h"

namespace mayday {

/// Messages that were redacted before, and what came of them: a few errors make most of the events, and each says its
/// message twice. A new one takes the place of an older one, so that it never grows.
class MessageMemory {
 public:
  static constexpr std::size_t bytes_min = 8;
  static constexpr std::size_t bytes_max = 248;

  struct Entry {
    std::uint64_t hash = 0;  ///< `Fingerprint::hash_of_message` of what stayed.
    Redaction redaction;
    std::uint8_t size = 0, redacted_size = 0;
    std::array<char, bytes_max> text;
    std::array<char, bytes_max> redacted;  ///< Where redaction changed it.

    bool is_of(std::string_view message) const {
      return size == message.size() && bytes::equal(text.data(), message.data(), size);
    }
    std::string_view redacted_text() const { return {redacted.data(), redacted_size}; }
  };

  static bool takes(std::string_view message) { return message.size() >= bytes_min && message.size() <= bytes_max; }

  /// The entry of `message`, or of another in its place. Only where it `takes` it.
  Entry& place_of(std::string_view message) {
    std::uint64_t head = 0, tail = 0;
    std::memcpy(&head, message.data(), sizeof head);
    std::memcpy(&tail, message.data() + message.size() - sizeof tail, sizeof tail);
    const std::uint64_t spread = (head * 3 ^ tail ^ message.size()) * 0x9e37'79b9'7f4a'7c15;
    return entries_[spread >> (64 - places_bits)];
  }

 private:
  static constexpr int places_bits = 7;
  std::array<Entry, std::size_t{1} << places_bits> entries_;
};

}  // namespace mayday
