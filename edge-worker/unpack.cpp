/// The edge's second module, which a host loads when first a body is gzip or OTLP. Two exports, no imports, and nothing that
/// one call leaves to the next.
///
/// A frame is three lines, then the body as it came: its Content-Encoding; the milliseconds since 1970; and the environment,
/// as the edge module answered it with status 0 (reactor.h).
#include "mayday/ingest/unpack.h"

#include <cstdint>
#include <memory>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/entries.h"
#include "mayday/base/integer.h"
#include "mayday/ingest/request.h"

namespace {

mayday::Buffer frame;
mayday::Unpacker* unpacker = nullptr;  // Never destroyed: neither is the module.

std::uint32_t address_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(bytes.data()));
}

}  // namespace

extern "C" {

/// What a call came to, as little-endian 32-bit words.
struct Reply {
  std::uint32_t code;     ///< As `mayday::Code`: for `:unpacked:` of the edge module's frame.
  std::uint32_t is_otlp;  ///< For `:otlp:`.
  std::uint32_t text;     ///< The body that goes with them.
  std::uint32_t text_bytes;
};

/// As in reactor.h.
std::uint32_t reserve(std::uint32_t bytes) {
  frame.clear();
  return address_of({frame.claim(bytes), bytes});
}

const Reply* unpack(std::uint32_t bytes) {
  static Reply reply;
  if (unpacker == nullptr) unpacker = mayday::make_unpacker().release();
  std::string_view rest(frame.data(), bytes);
  const bool is_gzip = mayday::is_gzip(mayday::take_entry(rest));
  const auto now = static_cast<std::int64_t>(mayday::parse_integer(mayday::take_entry(rest)).value_or(0));
  const std::string_view environment = mayday::take_entry(rest);
  const mayday::Unpacked unpacked =
      unpacker->unpack(rest, {.is_gzip = is_gzip, .environment = environment, .now = {now}});
  reply = {.code = static_cast<std::uint32_t>(unpacked.code),
           .is_otlp = unpacked.is_otlp,
           .text = address_of(unpacked.text),
           .text_bytes = static_cast<std::uint32_t>(unpacked.text.size())};
  return &reply;
}
}
