#include <gtest/gtest.h>

#include <sstream>

#include "case_files.h"
#include "mayday/client/client.h"
#include "mayday/filter/redact.h"
#include "mayday/ingest/admit.h"

namespace mayday {
namespace {

using test::Json;

constexpr Timestamp now{1'795'253'400'000};

std::string body_of(const Json& request) {
  if (request.contains("body_json")) return request["body_json"].dump();
  if (request.contains("body_base64")) return test::decode_base64(request["body_base64"].get<std::string>());
  if (!request.contains("body_repeat")) return request.value("body", "");
  const Json& repeat = request["body_repeat"];
  std::string body = repeat["before"].get<std::string>();
  for (int i = 0; i < repeat["times"].get<int>(); ++i) body += repeat["text"].get<std::string>();
  return body + repeat["after"].get<std::string>();
}

Policy policy_of(const Json& test_case) {
  Policy policy;
  policy.version = "0.0.0";
  std::map<std::string, std::string> values;
  if (test_case.contains("policy")) values = test_case["policy"].get<std::map<std::string, std::string>>();
  const ConfigProblem problem = read_policy(
      [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = values.find(std::string(name));
        return found == values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
      },
      policy);
  EXPECT_EQ(problem, "");
  return policy;
}

std::map<std::string, std::string> headers_of(std::string_view text) {
  std::map<std::string, std::string> headers;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    headers[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return headers;
}

void expect_headers(const Json& wanted, std::string_view text) {
  const std::map<std::string, std::string> headers = headers_of(text);
  for (const auto& [name, value] : wanted.items()) {
    const auto found = headers.find(name);
    if (value.is_null()) {
      EXPECT_EQ(found, headers.end()) << name;
    } else if (found == headers.end()) {
      ADD_FAILURE() << "no header " << name;
    } else if (value != "*") {
      EXPECT_EQ(found->second, value.get<std::string>()) << name;
    }
  }
}

std::vector<Json> lines_of(std::string_view text) {
  std::vector<Json> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

void expect_lines(const Json& test_case, std::string_view text) {
  const std::vector<Json> lines = lines_of(text);
  const Json wanted = test_case.value("lines", Json::array());
  if (wanted.is_array()) {
    ASSERT_EQ(lines.size(), wanted.size()) << text;
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(test::fits(wanted[i], lines[i])) << lines[i];
  }
  std::string texts(text);
  for (const Json& line : lines) test::collect_texts(line, texts);
  for (const Json& secret : test_case.value("never", Json::array())) {
    EXPECT_EQ(texts.find(secret.get<std::string>()), std::string::npos) << secret << " in " << text;
  }
  for (const Json& spelling : test_case.value("raw_never", Json::array())) {
    EXPECT_EQ(text.find(spelling.get<std::string>()), std::string::npos) << spelling << " in " << text;
  }
}

Answer ask(Ingest& ingest, const Json& request, const std::string& body, Timestamp at = now) {
  const Json headers = request.value("headers", Json{{"content-type", "application/json"}});
  std::vector<std::pair<std::string, std::string>> kept;
  for (const auto& [name, value] : headers.items()) kept.emplace_back(name, value.get<std::string>());
  const std::string method = request.value("method", "POST"), target = request.value("target", "/v1/logs");
  Request asked{.method = method, .target = target, .body = body, .client_address = "203.0.113.9", .now = at};
  for (const auto& [name, value] : kept) asked.set_header(name, value);
  return ingest.admit(asked);
}

void run_admit_case(const Json& test_case) {
  SCOPED_TRACE(test_case["name"].get<std::string>());
  const Policy policy = policy_of(test_case);
  Ingest ingest(policy, {1, 2, 3, 4});
  const Json& request = test_case["request"];
  const std::string body = body_of(request);
  const Timestamp at = test_case.contains("now") ? *parse_timestamp(test_case["now"].get<std::string>()) : now;
  Answer answer;
  for (int i = 0; i < request.value("times", 1); ++i) answer = ask(ingest, request, body, at);
  const Json& wanted = test_case["answer"];
  EXPECT_EQ(answer.status, wanted["status"].get<int>()) << answer.body;
  if (wanted.contains("headers")) expect_headers(wanted["headers"], answer.headers);
  if (wanted.contains("body")) {
    EXPECT_TRUE(test::fits(wanted["body"], Json::parse(answer.body))) << answer.body;
  }
  expect_lines(test_case, answer.lines);
  const IngestCounters& counters = ingest.counters();
  std::uint64_t rejected = 0;
  for (std::uint64_t count : counters.rejected) rejected += count;
  EXPECT_EQ(counters.received, counters.accepted + rejected);
}

TEST(Ingest, CountsWhatWasTakenBackAsRefused) {
  const Policy policy;
  Ingest ingest(policy, {1, 2, 3, 4});
  const std::string body = R"({"timestamp":"2026-11-21T09:30:00Z","level":"error","service":"web","environment":"dev",)"
                           R"("release":"","message":"x"})";
  ASSERT_EQ(ask(ingest, Json::object(), body).status, 200);
  const Answer refused = ingest.refuse_last({.method = "POST", .target = "/v1/logs", .now = now});
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.lines.empty());
  EXPECT_NE(refused.headers.find("retry-after: "), std::string_view::npos);
  EXPECT_EQ(ingest.counters().accepted, 0u);
  EXPECT_EQ(ingest.counters().rejected[static_cast<std::size_t>(Code::origin_unavailable)], 1u);
  EXPECT_EQ(ingest.counters().received, 1u);
}

class AdmitCases : public testing::TestWithParam<const char*> {};

TEST_P(AdmitCases, Hold) {
  for (const Json& test_case : test::read_cases(std::string("admit/") + GetParam() + ".json"))
    run_admit_case(test_case);
}

INSTANTIATE_TEST_SUITE_P(Files, AdmitCases,
                         testing::Values("shapes", "json", "http", "policy", "fields", "langgraph", "gzip",
                                         "diagnostic", "filter", "device", "client", "enrich", "otlp", "headers"));

TEST(RedactCases, Hold) {
  for (const Json& test_case : test::read_cases("redact/texts.json")) {
    SCOPED_TRACE(test_case["name"].get<std::string>());
    const schema::Profile profile = test::profile_named(test_case["profile"].get<std::string>());
    const std::string in = test_case["in"].get<std::string>(), wanted = test_case.value("out", in);
    Buffer out;
    const Redaction redaction = redact(in, profile, out);
    EXPECT_EQ(redaction.changed ? std::string(out.view()) : in, wanted);
    Buffer again;
    EXPECT_FALSE(redact(wanted, profile, again).changed) << again.view();
  }
}

TEST(RecordCases, Hold) {
  for (const Json& test_case : test::read_cases("record/events.json")) {
    SCOPED_TRACE(test_case["name"].get<std::string>());
    Client client({.seed = {1, 2, 3, 4}}, now);
    const std::string event =
        test_case.contains("event") ? test_case["event"].get<std::string>() : test_case["event_json"].dump();
    EXPECT_EQ(client.record(event, 1, 1, now), test_case["kept"].get<bool>());
    const Batch batch = client.take({now.ms + 1'000});
    ASSERT_EQ(batch.events, test_case["kept"].get<bool>() ? 1u : 0u);
    if (batch.events == 0) continue;
    const Json line = Json::parse(batch.body)["events"][0];
    EXPECT_TRUE(test::fits(test_case["line"], line)) << line;
    for (const Json& secret : test_case.value("never", Json::array())) {
      EXPECT_EQ(batch.body.find(secret.get<std::string>()), std::string::npos);
    }
  }
}

std::string fingerprint_of(const Json& event) {
  const Policy policy;
  Ingest ingest(policy, {1, 2, 3, 4});
  const Answer answer = ask(ingest, Json::object(), event.dump());
  return lines_of(answer.lines).at(0)["fingerprint"].get<std::string>();
}

TEST(FingerprintCases, Hold) {
  for (const Json& test_case : test::read_cases("fingerprint/events.json")) {
    SCOPED_TRACE(test_case["name"].get<std::string>());
    const std::string wanted = fingerprint_of(test_case["same"][0]);
    for (const Json& event : test_case["same"]) EXPECT_EQ(fingerprint_of(event), wanted) << event;
    for (const Json& event : test_case.value("other", Json::array())) EXPECT_NE(fingerprint_of(event), wanted) << event;
    if (test_case.contains("value")) {
      EXPECT_EQ(wanted, test_case["value"].get<std::string>());
    }
  }
}

}  // namespace
}  // namespace mayday
