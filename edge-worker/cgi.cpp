/// The edge as a WASI command: one request by CGI (RFC 3875), one answer, and the process ends. For wasmtime, WAGI, Wasmer
/// and whatever HTTP server runs CGI programs.
///
/// WASI preview 1 has no sockets, and standard output is the answer. So accepted lines are appended to the file that
/// MAYDAY_LINES_FILE names, in a folder that the runtime opens beforehand, or go to standard error, which servers log.
/// Nothing is remembered from one request to the next: there is no rate limit, and health counts this process alone.

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/integer.h"
#include "mayday/base/limits.h"
#include "mayday/ingest/admit.h"

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

/// False where not all of it was taken.
bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// As much of the body as is worth reading: nothing of one that is too large by its own word, which is then too large by
/// what is handed on as well.
std::string read_body() {
  const std::string_view declared = variable("CONTENT_LENGTH");
  const std::uint64_t bytes = mayday::parse_integer(declared).value_or(0);
  std::string body(std::min<std::uint64_t>(bytes, mayday::body_bytes_max + 1), '\0');
  if (bytes > mayday::body_bytes_max) return body;
  std::size_t filled = 0;
  while (filled < body.size()) {
    const ssize_t got = read(STDIN_FILENO, body.data() + filled, body.size() - filled);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  body.resize(filled);
  return body;
}

/// Section 4.1.18: a header arrives in upper case with `_` for `-`, behind HTTP_; one that matters does not (4.1.3).
void read_headers(mayday::Request& request) {
  constexpr std::string_view prefix = "HTTP_";
  std::string name;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
    name.clear();
    for (const char c : text.substr(prefix.size(), equals - prefix.size())) {
      name += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    request.set_header(name, text.substr(equals + 1));
  }
  request.set_header("content-type", variable("CONTENT_TYPE"));
}

mayday::Timestamp now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return {static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000};
}

/// One write, so that the lines of two processes do not mix: the file is opened for appending.
bool keep(std::string_view lines) {
  const char* path = std::getenv("MAYDAY_LINES_FILE");
  if (path == nullptr || *path == '\0') return write_all(STDERR_FILENO, lines);
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0640);
  if (file < 0) return false;
  const bool is_kept = write_all(file, lines);
  return close(file) == 0 && is_kept;
}

int fail(std::string_view problem) {
  write_all(STDERR_FILENO, "mayday-edge: " + std::string(problem) + "\n");
  write_all(STDOUT_FILENO, "Status: 500\ncontent-type: application/json\n\n{\"detail\":\"internal_error\"}");
  return 1;
}

}  // namespace

int main() {
  // The variable that chooses where lines go is another one here; one that can't be obeyed must not be passed over.
  const std::string_view sink = variable("MAYDAY_SINK");
  if (!sink.empty() && sink != "stderr") return fail("MAYDAY_SINK can't be had in CGI; see MAYDAY_LINES_FILE");
  mayday::Policy policy;
  policy.version = MAYDAY_VERSION;
  const auto value_of = [](std::string_view name) -> std::optional<std::string_view> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
  };
  const mayday::ConfigProblem problem = mayday::read_policy(value_of, policy);
  if (!problem.empty()) return fail(problem);

  std::array<std::uint64_t, 4> seed{};
  if (getentropy(seed.data(), sizeof seed) != 0) return fail("there is no entropy");
  mayday::Ingest ingest(policy, seed);

  const std::string body = read_body();
  const std::string query(variable("QUERY_STRING"));
  const std::string target = std::string(variable("PATH_INFO")) + (query.empty() ? "" : "?" + query);
  mayday::Request request{.method = variable("REQUEST_METHOD"), .target = target, .body = body};
  read_headers(request);
  request.client_address = variable("REMOTE_ADDR");
  request.now = now();

  mayday::Answer answer = ingest.admit(request);
  if (!answer.lines.empty() && !keep(answer.lines)) answer = ingest.refuse_last(request);
  const std::string head = "Status: " + std::to_string(answer.status) + "\n" + std::string(answer.headers) + "\n";
  return write_all(STDOUT_FILENO, head) && write_all(STDOUT_FILENO, answer.body) ? 0 : 1;
}
