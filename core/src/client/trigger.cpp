#include "mayday/client/trigger.h"

#include <cstdlib>

namespace mayday {
namespace {

/// FNV-1a, for a word and for an error alike: a byte of code here is a byte in every page.
constexpr std::uint32_t empty_hash = 2'166'136'261;
constexpr std::uint32_t hashed(std::uint32_t hash, char c) {
  return (hash ^ static_cast<std::uint8_t>(c)) * 16'777'619;
}

consteval std::uint32_t word(std::string_view text) {
  std::uint32_t hash = empty_hash;
  for (const char c : text) hash = hashed(hash, c);
  return hash;
}

constexpr std::array forbidding{word("AbortError"),
                                word("CanceledError"),
                                word("CancelledError"),
                                word("CANCELED"),
                                word("CANCELLED"),
                                word("ERR_CANCELED"),
                                word("499"),
                                word("ValidationError"),
                                word("VALIDATION_ERROR"),
                                word("ZodError"),
                                word("400"),
                                word("422"),
                                word("noise"),
                                word("open"),
                                word("muted")};

bool forbids(std::string_view facts) {
  std::uint32_t hash = empty_hash;
  for (std::size_t i = 0; i <= facts.size(); ++i) {
    if (i < facts.size() && facts[i] != ' ') {
      hash = hashed(hash, facts[i]);
      continue;
    }
    for (const std::uint32_t one : forbidding) {
      if (one == hash) return true;
    }
    hash = empty_hash;
  }
  return false;
}

}  // namespace

std::uint32_t Trigger::opens(std::string_view facts, std::string_view error, Timestamp now) {
  if (forbids(facts)) return 0;
  // A clock that was set back by more than the pause holds nothing up.
  if (opened_ > 0 && std::abs(now.ms - last_.ms) < trigger_pause_ms) return 0;
  std::uint32_t name = empty_hash;
  for (const char c : error) {
    if (c < '0' || c > '9') name = hashed(name, c);
  }
  name |= 1;  // Not 0, which is none.
  for (const std::uint32_t known : names_) {
    if (known == name) return 0;
  }
  remember(name, now);
  return name;
}

void Trigger::remember(std::uint32_t name, Timestamp at) {
  names_[opened_++ % trigger_errors_max] = name;
  last_ = at;
}

}  // namespace mayday
