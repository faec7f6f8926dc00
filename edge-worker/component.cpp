/// The edge as a `wasi:http` component (WASI 0.2), for `wasmtime serve`, Spin, wasmCloud, jco: one export that answers a
/// request. Its lines are posted to the origin before the answer goes out, since a host may end the instance with the
/// answer: accepted means that the origin has them, and where it does not take them the answer is 503.
///
/// Nobody tells the peer's address here: behind a proxy, TRUSTED_PROXIES=1 has it from X-Forwarded-For. Where the host makes an
/// instance for each request there is no rate limit, and health counts that request alone.

#include <array>
#include <bit>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mayday/base/integer.h"
#include "mayday/base/limits.h"
#include "mayday/ingest/admit.h"
#include "origin_address.h"
#include "wasi_http.h"

namespace {

using wasi::Handle;

/// What the host gave us in `cabi_realloc` during this request.
std::vector<void*> given;

void free_given(std::size_t kept) {
  for (; given.size() > kept; given.pop_back()) std::free(given.back());
}

/// The area that a call writes its result to: none is larger, and none asks for more than 8-byte alignment.
struct alignas(8) Area {
  std::array<std::uint32_t, 16> words{};

  /// Of a variant at the beginning: which case. For a result, 0 is success; for an option, 1 is something.
  std::uint8_t tag() const { return static_cast<std::uint8_t>(words[0]); }
  Handle handle(std::size_t word) const { return static_cast<Handle>(words[word]); }
  std::string_view text(std::size_t word) const { return {pointer<char>(word), words[word + 1]}; }
  template <typename Pointed>
  const Pointed* pointer(std::size_t word) const {
    return std::bit_cast<const Pointed*>(words[word]);
  }
};

struct Pair {
  const char* name;
  std::uint32_t name_bytes;
  const char* value;
  std::uint32_t value_bytes;
};

/// Calls `take(name, value)` for each of a list of pairs.
template <typename Take>
void for_each_pair(const Area& list, Take take) {
  const Pair* pairs = list.pointer<Pair>(0);
  for (std::uint32_t i = 0; i < list.words[1]; ++i) {
    const Pair& pair = pairs[i];
    take(std::string_view(pair.name, pair.name_bytes), std::string_view(pair.value, pair.value_bytes));
  }
}

/// True where all was written.
bool write_all(Handle stream, std::string_view bytes) {
  constexpr std::size_t write_bytes_max = 4096;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, write_bytes_max);
    Area out;
    wasi::blocking_write(stream, part.data(), part.size(), &out);
    if (out.tag() != 0) {
      if (static_cast<std::uint8_t>(out.words[1]) == 0) wasi::drop_error(out.handle(2));
      return false;
    }
    bytes.remove_prefix(part.size());
  }
  return true;
}

bool write_and_drop(Handle stream, std::string_view bytes) {
  const bool is_written = write_all(stream, bytes);
  wasi::drop_output(stream);
  return is_written;
}

/// Fills a body that was just made, and closes it.
bool fill_body(Handle body, std::string_view bytes) {
  Area out;
  wasi::outgoing_body_write(body, &out);
  if (out.tag() != 0 || !write_and_drop(out.handle(1), bytes)) {
    wasi::drop_outgoing_body(body);
    return false;
  }
  wasi::finish_outgoing_body(body, 0, 0, &out);
  return out.tag() == 0;
}

void append_field(Handle fields, std::string_view name, std::string_view value) {
  Area out;
  wasi::fields_append(fields, name.data(), name.size(), value.data(), value.size(), &out);
}

/// The edge with its configuration, made at the first request and kept as long as the host keeps the instance.
struct Edge {
  mayday::Ingest ingest;
  bool is_to_stdout;
  mayday::OriginAddress origin;
  std::uint64_t forwarded = 0;
};
std::optional<Edge> the_edge;

/// Why there is no edge; empty where there is one.
std::string make_edge() {
  Area list;
  wasi::get_environment(&list);
  const auto value_of = [&list](std::string_view wanted) {
    std::optional<std::string_view> found;
    for_each_pair(list, [&](std::string_view name, std::string_view value) {
      if (name == wanted) found = value;
    });
    return found;
  };
  static mayday::Policy policy;
  policy = {};
  policy.version = MAYDAY_VERSION;
  if (std::string problem = mayday::read_policy(value_of, policy); !problem.empty()) return problem;
  const std::string_view sink = value_of("MAYDAY_SINK").value_or("");
  if (!sink.empty() && sink != "origin" && sink != "stdout") return "MAYDAY_SINK must be origin or stdout here";
  const bool is_to_stdout = sink == "stdout";
  mayday::OriginAddress origin;
  if (!is_to_stdout) {
    std::string problem = mayday::read_origin_address(value_of, policy.is_prod, origin);
    if (!problem.empty()) return problem;
  }

  std::array<std::uint64_t, 4> seed{};
  for (std::uint64_t& word : seed) word = static_cast<std::uint64_t>(wasi::get_random_u64());
  the_edge.emplace(
      Edge{.ingest = mayday::Ingest(policy, seed), .is_to_stdout = is_to_stdout, .origin = std::move(origin)});
  return "";
}

std::string_view method_of(Handle request) {
  static constexpr std::array<std::string_view, 9> names = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                            "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  Area out;
  wasi::request_method(request, &out);
  return out.tag() < names.size() ? names[out.tag()] : out.text(1);
}

/// Answers how long the body is by its own word.
std::uint64_t read_headers(Handle incoming, mayday::Request& request) {
  const Handle fields = wasi::request_headers(incoming);
  Area list;
  wasi::fields_entries(fields, &list);
  std::string lower;
  std::uint64_t declared_bytes = 0;
  for_each_pair(list, [&](std::string_view name, std::string_view value) {
    lower.clear();
    for (const char c : name) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    request.set_header(lower, value);
    if (lower == "content-length") declared_bytes = mayday::parse_integer(value).value_or(0);
  });
  wasi::drop_fields(fields);
  // In WASI 0.2 the Host header is not among the headers.
  Area authority;
  wasi::request_authority(incoming, &authority);
  if (authority.tag() == 1) request.set_header("host", authority.text(1));
  return declared_bytes;
}

/// No further than one byte past what is accepted.
std::string read_body(Handle request) {
  constexpr std::size_t bytes_max = mayday::body_bytes_max + 1;
  std::string bytes;
  Area out;
  wasi::request_consume(request, &out);
  if (out.tag() != 0) return bytes;
  const Handle body = out.handle(1);
  wasi::incoming_body_stream(body, &out);
  if (out.tag() == 0) {
    const Handle stream = out.handle(1);
    const std::size_t kept = given.size();
    while (bytes.size() < bytes_max) {
      Area part;
      wasi::blocking_read(stream, static_cast<std::int64_t>(bytes_max - bytes.size()), &part);
      if (part.tag() != 0) {
        if (static_cast<std::uint8_t>(part.words[1]) == 0) wasi::drop_error(part.handle(2));
        break;
      }
      bytes += part.text(1);
      free_given(kept);
    }
    wasi::drop_input(stream);
  }
  wasi::drop_incoming_body(body);
  return bytes;
}

/// The origin's status for a POST of `lines`, or 0 where there was none.
int post(const mayday::OriginAddress& origin, std::string_view lines) {
  constexpr std::int64_t timeout_ns = 10'000'000'000;
  constexpr std::int32_t method_post = 2;
  const Handle fields = wasi::new_fields();
  append_field(fields, "content-type", "application/x-ndjson");
  append_field(fields, "authorization", "Bearer " + origin.token);
  const Handle request = wasi::new_request(fields);
  wasi::request_set_method(request, method_post, nullptr, 0);
  wasi::request_set_scheme(request, 1, origin.is_https ? 1 : 0, nullptr, 0);
  wasi::request_set_authority(request, 1, origin.authority.data(), origin.authority.size());
  wasi::request_set_path(request, 1, origin.path.data(), origin.path.size());
  Area body;
  wasi::request_body(request, &body);
  const Handle options = wasi::new_options();
  wasi::options_set_connect_timeout(options, 1, timeout_ns);
  wasi::options_set_first_byte_timeout(options, 1, timeout_ns);

  Area sent;
  wasi::send_request(request, 1, options, &sent);
  if (sent.tag() != 0) {
    wasi::drop_outgoing_body(body.handle(1));
    return 0;
  }
  const Handle future = sent.handle(2);
  int status = 0;
  if (fill_body(body.handle(1), lines)) {
    const Handle ready = wasi::future_subscribe(future);
    wasi::block(ready);
    wasi::drop_pollable(ready);
    // Something (1), that could be taken (0), and is an answer (0): a byte each, 8 apart.
    Area got;
    wasi::future_get(future, &got);
    if (got.tag() == 1 && (got.words[2] & 0xff) == 0 && (got.words[4] & 0xff) == 0) {
      status = wasi::response_status(got.handle(6));
      wasi::drop_response(got.handle(6));
    }
  }
  wasi::drop_future(future);
  return status;
}

bool keep(const mayday::Answer& answer, Edge& edge) {
  if (edge.is_to_stdout) {
    if (!write_and_drop(wasi::get_stdout(), answer.lines)) return false;
  } else if (const int status = post(edge.origin, answer.lines); status < 200 || status > 299) {
    const std::string what = status == 0 ? "did not answer" : "answered " + std::to_string(status);
    write_and_drop(wasi::get_stderr(), "mayday-edge: the origin " + what + "\n");
    return false;
  }
  edge.forwarded += answer.events;
  return true;
}

void respond(Handle param, const mayday::Answer& answer) {
  const Handle fields = wasi::new_fields();
  for (std::string_view rest = answer.headers; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const std::size_t colon = line.find(": ");
    append_field(fields, line.substr(0, colon), line.substr(colon + 2));
    rest.remove_prefix(line.size() + 1);
  }
  const Handle response = wasi::new_response(fields);
  wasi::response_set_status(response, answer.status);
  Area body;
  wasi::response_body(response, &body);
  wasi::set_response(param, 0, response, 0, 0, 0, 0, 0, 0);
  fill_body(body.handle(1), answer.body);
}

void refuse(Handle incoming, Handle param, const std::string& problem) {
  write_and_drop(wasi::get_stderr(), "mayday-edge: " + problem + "\n");
  wasi::drop_request(incoming);
  respond(param,
          {.status = 500, .headers = "content-type: application/json\n", .body = "{\"detail\":\"internal_error\"}"});
}

void answer(Handle incoming, Handle param, Edge& edge) {
  mayday::Request request{.method = method_of(incoming)};
  Area path;
  wasi::request_path(incoming, &path);
  request.target = path.tag() == 1 ? path.text(1) : "/";
  const std::uint64_t declared_bytes = read_headers(incoming, request);
  // Too large by its own word: what is in the body does not matter any more, so none of it is read.
  const std::string body =
      declared_bytes > mayday::body_bytes_max ? std::string(mayday::body_bytes_max + 1, '\0') : read_body(incoming);
  request.body = body;
  wasi::drop_request(incoming);
  Area time;
  wasi::wall_clock_now(&time);
  const std::uint64_t seconds = time.words[0] | static_cast<std::uint64_t>(time.words[1]) << 32;
  request.now = {static_cast<std::int64_t>(seconds) * 1000 + time.words[2] / 1'000'000};
  request.forwarded = edge.forwarded;

  mayday::Answer decided = edge.ingest.admit(request);
  if (!decided.lines.empty() && !keep(decided, edge)) decided = edge.ingest.refuse_last(request);
  respond(param, decided);
}

}  // namespace

extern "C" {

/// Where the host writes texts and lists. The component model never makes one of them smaller or larger.
__attribute__((export_name("cabi_realloc"))) void* cabi_realloc(void*, std::size_t, std::size_t, std::size_t bytes) {
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) __builtin_trap();
  given.push_back(memory);
  return memory;
}

__attribute__((export_name("wasi:http/incoming-handler@0.2.0#handle"))) void handle(Handle request, Handle param) {
  const std::string problem = the_edge ? "" : make_edge();
  if (the_edge)
    answer(request, param, *the_edge);
  else
    refuse(request, param, problem);
  free_given(0);
}
}
