// The whole edge: any bytes as a body. What goes on is JSON lines, none longer than the schema allows, and the counters
// add up.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "mayday/ingest/admit.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static mayday::Ingest ingest({.rate = {.burst = 1'000'000, .per_second = 1'000'000}}, {1, 2, 3, 4});
  static std::int64_t now = 1'795'253'400'000;
  const mayday::Request request{.method = "POST",
                                .target = "/v1/logs",
                                .body = {reinterpret_cast<const char*>(data), size},
                                .content_type = "application/json",
                                .client_address = "203.0.113.7",
                                .now = {++now}};
  const mayday::Answer answer = ingest.admit(request);
  (void)nlohmann::json::parse(answer.body);
  std::istringstream lines{std::string(answer.lines)};
  std::uint32_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (!nlohmann::json::parse(line).is_object()) std::abort();
  }
  if (count != answer.events || (count > 0) != (answer.status == 200)) std::abort();
  std::uint64_t rejected = 0;
  for (std::uint64_t reason : ingest.counters().rejected) rejected += reason;
  if (ingest.counters().received != ingest.counters().accepted + rejected) std::abort();
  return 0;
}
