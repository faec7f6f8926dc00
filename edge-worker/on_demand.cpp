/// The edge's second module, which a host loads when first a request needs it (`mayday::OnDemand`). Two exports, no imports, and
/// nothing that one call leaves to the next.
///
/// A frame is the errand as the edge module wrote it, then the request's body:
///
///     :now: 1795253400000\n            milliseconds since 1970
///     :environment: prod\n
///     :gzip: 1\n                       how the body came
///     :key: ...\n :signature: ...\n   whether it is the body's; then nothing else is asked
///     :secret: ...\n :cookies: ...\n  of Diagnostic Mode
///     :page: 2\n :figures: 12 0 3...\n  a `Page`, and its `FigureNumbers`
///     \n
#include "mayday/ingest/on_demand.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/entries.h"
#include "mayday/base/integer.h"
#include "mayday/base/json_writer.h"

namespace {

mayday::Buffer frame;
mayday::Buffer facts;
mayday::OnDemand* on_demand = nullptr;  // Never destroyed: neither is the module.

std::uint32_t address_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(bytes.data()));
}

std::uint64_t number_of(std::string_view text) { return mayday::parse_integer(text).value_or(0); }

mayday::Figures figures_of(std::string_view text) {
  mayday::FigureNumbers numbers;
  for (std::uint64_t& number : numbers) number = number_of(mayday::take_until(text, ' '));
  return std::bit_cast<mayday::Figures>(numbers);
}

mayday::Errand read_errand(std::string_view rest) {
  mayday::Errand errand{.version = MAYDAY_VERSION};
  for (std::string_view value = mayday::take_entry(rest); !value.empty(); value = mayday::take_entry(rest)) {
    value.remove_prefix(1);
    const std::string_view name = mayday::take_until(value, ':');
    value.remove_prefix(1);
    constexpr std::string_view names = "now\nenvironment\ngzip\nsecret\ncookies\npage\nfigures\nkey\nsignature\n";
    switch (mayday::entry_index(names, name)) {
      case 0: errand.now = {static_cast<std::int64_t>(number_of(value))}; break;
      case 1: errand.environment = value; break;
      case 2: errand.is_gzip = value == "1"; break;
      case 3: errand.secret = value; break;
      case 4: errand.cookies = value; break;
      case 5: errand.page = static_cast<mayday::Page>(number_of(value)); break;
      case 6: errand.figures = figures_of(value); break;
      case 7: errand.signing_key = value; break;
      case 8: errand.signature = value; break;
      default: break;
    }
  }
  errand.body = rest;
  return errand;
}

}  // namespace

extern "C" {

/// What a call came to, as little-endian 32-bit words.
struct Reply {
  std::uint32_t facts;  ///< Lines for the head of the frame with which the edge module is asked again,
  std::uint32_t facts_bytes;
  std::uint32_t text;  ///< and its body.
  std::uint32_t text_bytes;
};

/// As in reactor.h.
std::uint32_t reserve(std::uint32_t bytes) {
  frame.clear();
  return address_of({frame.claim(bytes), bytes});
}

const Reply* prepare(std::uint32_t bytes) {
  static Reply reply;
  if (on_demand == nullptr) on_demand = mayday::make_on_demand().release();
  const mayday::Errand errand = read_errand({frame.data(), bytes});
  mayday::Prepared prepared = on_demand->prepare(errand);
  facts.clear();
  if (!errand.signing_key.empty()) {
    facts.append(prepared.code == mayday::Code::none ? ":signed: 1" : ":signed: 0");
    prepared.text = errand.body;
  } else {
    facts.append(":prepared: ");
    mayday::json::append_integer(facts, static_cast<std::int64_t>(prepared.code));
    if (prepared.is_otlp) facts.append("\n:otlp: 1");
    facts.append("\n:session: ");
    facts.append(prepared.session);
  }
  facts.append('\n');
  reply = {.facts = address_of(facts.view()),
           .facts_bytes = static_cast<std::uint32_t>(facts.size()),
           .text = address_of(prepared.text),
           .text_bytes = static_cast<std::uint32_t>(prepared.text.size())};
  return &reply;
}
}
