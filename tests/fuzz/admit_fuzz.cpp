// The whole edge: any bytes as a body, plain or gzip. What goes on is JSON lines (nlohmann_json is the oracle), the counters
// add up, and a line that is admitted again is that line: the edge finds nothing left to cut, to redact or to drop. Anew are
// only received_at, the fingerprint, and where the sender is: the edge's own words, which it takes from nobody.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "mayday/ingest/admit.h"

namespace {

constexpr std::int64_t now = 1'795'253'400'000;

mayday::Request request_of(std::string_view body) {
  return {.method = "POST",
          .target = "/v1/logs",
          .body = body,
          .content_type = "application/json",
          .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
          .client_address = "203.0.113.7",
          .country = "DE",
          .now = {now}};
}

void expect_same_again(mayday::Ingest& ingest, const std::string& line) {
  const mayday::Answer answer = ingest.admit(request_of(line));
  if (answer.status != 200 || answer.events != 1) std::abort();
  const auto again = nlohmann::json::parse(answer.lines), before = nlohmann::json::parse(line);
  for (const char* given : {"event_id", "request_id", "trace_id", "received_at", "fingerprint"}) {
    if (!before.contains(given)) std::abort();
  }
  if (again != before) std::abort();
}

const mayday::Policy policy{.rate = {.burst = 1'000'000, .per_second = 1'000'000}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static mayday::Ingest ingest(policy, {1, 2, 3, 4});
  static std::int64_t time = now;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  mayday::Request request = request_of(body);
  request.now.ms = ++time;
  if (body.starts_with("\x1f\x8b")) request.content_encoding = "gzip";
  const mayday::Answer answer = ingest.admit(request);
  (void)nlohmann::json::parse(answer.body);
  std::istringstream stream{std::string(answer.lines)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!nlohmann::json::parse(line).is_object()) std::abort();
    lines.push_back(line);
  }
  const bool is_otlp = answer.body.starts_with("{\"partialSuccess\"") || lines.empty();
  if (lines.size() != answer.events || (!lines.empty() && answer.status != 200)) std::abort();
  if (answer.status == 200 && lines.empty() && !is_otlp) std::abort();
  static mayday::Ingest second(policy, {5, 6, 7, 8});
  for (const std::string& line : lines) {
    // Its own received_at is of this request.
    std::string at = line;
    const std::size_t received = at.find("\"received_at\":\"");
    if (received == std::string::npos) std::abort();
    expect_same_again(second, at.replace(received + 15, 24, "2026-11-21T09:30:00.000Z"));
  }
  std::uint64_t rejected = 0;
  for (std::uint64_t reason : ingest.counters().rejected) rejected += reason;
  if (ingest.counters().received != ingest.counters().accepted + rejected) std::abort();
  return 0;
}
