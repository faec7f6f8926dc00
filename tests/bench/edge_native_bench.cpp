// The native side of ./mayday bench edge: mayday-edge-bench FILE ROUNDS. The file holds one body a line; what it prints is
// the CPU time of one `admit`, the median of the rounds, as {"ns_per_body": n}.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "mayday/ingest/admit.h"

namespace {

constexpr std::int64_t bench_now_ms = 1'795'253'400'000;
constexpr int passes = 20;

double cpu_ns() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e9 + static_cast<double>(spent.tv_nsec);
}

/// Answers the nanoseconds that one body took on average; negative where one was refused.
double run_round(mayday::Ingest& ingest, const std::vector<std::string>& bodies) {
  const double began = cpu_ns();
  for (int pass = 0; pass < passes; ++pass) {
    for (const std::string& body : bodies) {
      mayday::Request request;
      request.method = "POST";
      request.target = "/v1/logs";
      request.content_type = "application/json";
      request.client_address = "203.0.113.7";
      request.now.ms = bench_now_ms;
      request.body = body;
      if (ingest.admit(request).status != 200) return -1;
    }
  }
  return (cpu_ns() - began) / (static_cast<double>(bodies.size()) * passes);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: mayday-edge-bench FILE ROUNDS\n", stderr);
    return 2;
  }
  std::vector<std::string> bodies;
  std::ifstream file(arguments[1]);
  for (std::string line; std::getline(file, line);) bodies.push_back(line);
  int rounds = 0;
  const std::string_view text = arguments[2];
  std::from_chars(text.data(), text.data() + text.size(), rounds);
  if (bodies.empty() || rounds < 1) {
    std::fputs("mayday-edge-bench: nothing to measure\n", stderr);
    return 1;
  }

  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    // Anew each time, with more tokens than there are requests: what is measured is not the limiter's refusal.
    mayday::Policy policy;
    policy.rate = {.burst = 1'000'000, .per_second = 1'000'000};
    mayday::Ingest ingest(policy, {1, 2, 3, 4});
    const double taken = run_round(ingest, bodies);
    if (taken < 0) {
      std::fputs("mayday-edge-bench: a body was refused\n", stderr);
      return 1;
    }
    times.push_back(taken);
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  std::printf("{\"ns_per_body\": %.1f}\n", times[times.size() / 2]);
  return 0;
}
