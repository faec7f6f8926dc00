#include "reactor.h"

#include <array>
#include <bit>
#include <new>
#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/entries.h"
#include "mayday/base/integer.h"
#include "mayday/base/json_writer.h"
#include "mayday/ingest/admit.h"

namespace {

using mayday::Answer;
using mayday::Buffer;
using mayday::take_entry;
using mayday::take_until;

Buffer frame;
Buffer told;  ///< Of a reply that the core did not write: what is wrong with a configuration, or an errand.
Reply reply;
mayday::Ingest* ingest = nullptr;  // Never destroyed: neither is the module.
mayday::Request request;
mayday::Prepared prepared;

std::uint32_t address_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(bytes.data()));
}

const Reply* give(const Answer& answer) {
  reply = {.status = static_cast<std::uint32_t>(answer.status),
           .headers = address_of(answer.headers),
           .headers_bytes = static_cast<std::uint32_t>(answer.headers.size()),
           .body = address_of(answer.body),
           .body_bytes = static_cast<std::uint32_t>(answer.body.size()),
           .lines = address_of(answer.lines),
           .lines_bytes = static_cast<std::uint32_t>(answer.lines.size()),
           .events = answer.events};
  return &reply;
}

/// What is no number leaves `out` as it is.
template <typename Number>
void set_number(Number& out, std::string_view text) {
  if (const std::optional<std::uint64_t> value = mayday::parse_integer(text)) out = static_cast<Number>(*value);
}

void set_fact(std::string_view name, std::string_view value) {
  constexpr std::string_view names =
      ":ip\n:country\n:colo\n:limited\n:now\n:room\n:forwarded\n:pending\n:refused\n:replayed\n:stalled\n:prepared\n"
      ":otlp\n:session\n:signed\n";
  switch (mayday::entry_index(names, name)) {
    case 0: request.client_address = value; break;
    case 1: request.country = value; break;
    case 2: request.colo = value; break;
    case 3: request.is_limited = value == "1"; break;
    case 4: set_number(request.now.ms, value); break;
    case 5: set_number(request.room_bytes, value); break;
    case 6: set_number(request.forwarded, value); break;
    case 7: set_number(request.pending, value); break;
    case 8: set_number(request.refused, value); break;
    case 9: set_number(request.replayed, value); break;
    case 10: set_number(request.stalled_ms, value); break;
    case 11:
      prepared = {};
      set_number(prepared.code, value);
      request.prepared = &prepared;
      break;
    case 12: prepared.is_otlp = value == "1"; break;
    case 13: prepared.session = value; break;
    case 14: request.is_signed = value == "1"; break;
    default: break;
  }
}

void read_frame(std::string_view rest) {
  request = {};
  request.target = take_entry(rest);
  request.method = take_until(request.target, ' ');
  for (std::string_view line = take_entry(rest); !line.empty(); line = take_entry(rest)) {
    const std::size_t colon = line.find(": ", 1);
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
    if (name[0] == ':')
      set_fact(name, value);
    else
      request.set_header(name, value);
  }
  request.body = rest;
}

/// As on_demand.cpp reads it.
std::string_view write_errand(const mayday::Errand& errand) {
  told.clear();
  const auto add_number = [](std::uint64_t value) {
    told.append(' ');
    mayday::json::append_integer(told, static_cast<std::int64_t>(value));
  };
  const auto add = [](std::string_view name, std::string_view value) {
    told.append(name);
    told.append(value);
  };
  if (errand.page != mayday::Page::none) {
    told.append(":page:");
    add_number(static_cast<std::uint64_t>(errand.page));
    told.append("\n:figures:");
    for (const std::uint64_t number : std::bit_cast<mayday::FigureNumbers>(errand.figures)) add_number(number);
  } else if (!errand.signing_key.empty()) {
    add(":key: ", errand.signing_key);
    add("\n:signature: ", errand.signature);
  } else {
    told.append(":now:");
    add_number(static_cast<std::uint64_t>(errand.now.ms));
    add("\n:gzip: ", errand.is_gzip ? "1" : "0");
    add("\n:environment: ", errand.environment);
    add("\n:secret: ", errand.secret);
    add("\n:cookies: ", errand.cookies);
  }
  told.append("\n\n");
  return told.view();
}

std::array<std::uint64_t, 4> seed_of(std::string_view hex) {
  std::array<std::uint64_t, 4> seed{};
  for (std::size_t i = 0; i < seed.size() && hex.size() >= (i + 1) * 16; ++i) {
    seed[i] = mayday::parse_integer(hex.substr(i * 16, 16), 16).value_or(0);
  }
  return seed;
}

std::optional<std::string_view> value_in(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    std::string_view value = take_entry(lines);
    if (take_until(value, '=') == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::uint32_t reserve(std::uint32_t bytes) {
  frame.clear();
  return address_of({frame.claim(bytes), bytes});
}

const Reply* configure(std::uint32_t bytes) {
  const std::string_view lines(frame.data(), bytes);
  auto& policy = *new mayday::Policy;
  policy.version = MAYDAY_VERSION;
  const mayday::ConfigProblem found =
      mayday::read_policy([lines](std::string_view name) { return value_in(lines, name); }, policy);
  told.clear();
  told.append(found);
  if (!found.empty()) return give({.status = 500, .body = told.view()});
  ingest = new mayday::Ingest(policy, seed_of(value_in(lines, ":seed").value_or("")), nullptr);
  return give({.status = 200});
}

const Reply* handle(std::uint32_t bytes) {
  if (ingest == nullptr) __builtin_trap();
  read_frame({frame.data(), bytes});
  Answer answer = ingest->admit(request);
  if (answer.status == 0) answer.body = write_errand(ingest->errand());
  return give(answer);
}

const Reply* refuse() {
  if (ingest == nullptr) __builtin_trap();
  return give(ingest->refuse_last(request));
}

std::uint32_t body_bytes_read_max() { return mayday::body_bytes_max + 1; }
