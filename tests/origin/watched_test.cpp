#include "origin/errors/watched.h"

#include <gtest/gtest.h>

namespace mayday::origin {
namespace {

constexpr std::int64_t look_ms = 15'000;
constexpr std::int64_t minute_ms = 60'000;

net::HttpAnswer answer(int status, std::string body = "{}") {
  return {.status = status, .body = std::move(body), .headers = {}};
}

/// As Fluent Bit's /api/v1/metrics answers.
net::HttpAnswer fluent_bit(int shipped, int retries) {
  return answer(200,
                R"({"input":{"tail.0":{"records":9,"bytes":900}},"output":{"stdout.1":{"proc_records":1,"retries":0},)"
                R"("http.0":{"proc_records":)" +
                    std::to_string(shipped) + R"(,"proc_bytes":7,"errors":0,"retries":)" + std::to_string(retries) +
                    R"(,"retries_failed":0}}})");
}

TEST(Watched, IsKnownByItsAddressWithoutSecrets) {
  EXPECT_EQ(Watched("http://127.0.0.1:2020/api/v1/metrics").name(), "http://127.0.0.1:2020/api/v1/metrics");
  EXPECT_EQ(Watched("https://jane:p@ss@logs.example.com/health?key=1#x").name(), "https://logs.example.com/health");
  EXPECT_EQ(Watched("http://logs.example.com?key=1").name(), "http://logs.example.com");
  EXPECT_EQ(Watched("http://logs.example.com/@here").name(), "http://logs.example.com/@here");
}

TEST(Watched, IsInTroubleWhenItHasNotAnsweredForAMinute) {
  Watched watched("http://edge:8788/v1/logs/health");
  const net::HttpAnswer good = answer(200);
  EXPECT_FALSE(watched.note(&good, 0));
  EXPECT_FALSE(watched.note(nullptr, look_ms));
  EXPECT_FALSE(watched.note(nullptr, look_ms + minute_ms - 1));
  EXPECT_EQ(watched.note(nullptr, look_ms + minute_ms),
            "http://edge:8788/v1/logs/health has not answered for a minute");
  EXPECT_TRUE(watched.note(nullptr, 2 * look_ms + minute_ms)) << "while it lasts";
  EXPECT_FALSE(watched.note(&good, 3 * look_ms + minute_ms));
  EXPECT_FALSE(watched.note(nullptr, 4 * look_ms + minute_ms)) << "a minute begins anew";
}

TEST(Watched, IsInTroubleWhenItHasAnsweredAFailureForAMinute) {
  Watched watched("http://edge");
  for (const std::string body : {"", "<html>", "[]", R"({"status":7})", R"({"status":"ok"})"}) {
    const net::HttpAnswer bad = answer(502, body);
    EXPECT_FALSE(watched.note(&bad, look_ms)) << body;
  }
  const net::HttpAnswer redirect = answer(302);
  EXPECT_EQ(watched.note(&redirect, look_ms + minute_ms), "http://edge has answered 302 for a minute");
}

TEST(Watched, BelievesAnEdgeThatSaysItself) {
  Watched watched("http://edge");
  const net::HttpAnswer stalled = answer(503, R"({"status":"stalled","version":"0.1.0","pending":12})");
  EXPECT_EQ(watched.note(&stalled, 0), "http://edge: nothing has been forwarded for a minute, and events wait (12)");
}

TEST(Watched, KnowsFluentBitThatFailsAndShipsNothing) {
  Watched watched("http://127.0.0.1:2020/api/v1/metrics");
  const auto note = [&](int shipped, int retries, std::int64_t at_ms) {
    const net::HttpAnswer metrics = fluent_bit(shipped, retries);
    return watched.note(&metrics, at_ms);
  };
  EXPECT_FALSE(note(0, 3, 0)) << "what was before is not known";
  EXPECT_FALSE(note(0, 4, look_ms));
  EXPECT_FALSE(note(5, 5, 2 * look_ms)) << "some came through";
  EXPECT_FALSE(note(5, 6, 3 * look_ms));
  EXPECT_FALSE(note(5, 6, 4 * look_ms)) << "it waits for longer and longer";
  EXPECT_EQ(
      note(5, 6, 3 * look_ms + minute_ms),
      "http://127.0.0.1:2020/api/v1/metrics has shipped nothing by its output http.0, which fails and tries again, for"
      " a minute");
  EXPECT_FALSE(note(9, 6, 4 * look_ms + minute_ms));
  EXPECT_FALSE(note(9, 6, 9 * minute_ms)) << "nothing to ship is no trouble";
  EXPECT_FALSE(note(0, 0, 10 * minute_ms)) << "nor is a start";
  EXPECT_FALSE(note(0, 0, 12 * minute_ms));
}

TEST(Watched, TakesAnyBodyForGoodWhereTheStatusIs) {
  Watched watched("http://some");
  for (const std::string body :
       {"", "\xff", "[1]", R"({"output":[]})", R"({"output":{"a":1,"b":{"retries":"x"},"c":{"retries":1e300}}})"}) {
    const net::HttpAnswer good = answer(200, body);
    EXPECT_FALSE(watched.note(&good, 0)) << body;
    EXPECT_FALSE(watched.note(&good, 2 * minute_ms)) << body;
  }
}

}  // namespace
}  // namespace mayday::origin
