#include "mayday/filter/sanitize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "case_files.h"

namespace mayday {
namespace {

using test::Json;

/// Every event that a case of tests/cases/admit sends, in several spellings.
std::vector<std::string> spelled_events() {
  std::vector<std::string> texts;
  const auto add = [&texts](const Json& event) {
    if (!event.is_object()) return;
    Json reversed = Json::object();
    std::vector<std::string> names;
    for (const auto& [name, value] : event.items()) names.insert(names.begin(), name);
    for (const std::string& name : names) reversed[name] = event[name];
    texts.insert(texts.end(), {event.dump(), event.dump(1), reversed.dump()});
  };
  for (const char* file : {"fields", "langgraph", "shapes"}) {
    for (const Json& test_case : test::read_cases(std::string("admit/") + file + ".json")) {
      const Json body = test_case["request"].value("body_json", Json());
      add(body);
      if (body.is_array() && body.size() <= 3) std::for_each(body.begin(), body.end(), add);
    }
  }
  return texts;
}

std::string sanitized(Sanitizer& sanitizer, const std::string& text) {
  json::Reader reader(text);
  Buffer out;
  EventFacts facts;
  const Refusal refusal = sanitizer.sanitize(reader, out, facts);
  if (refusal) return "refused: " + std::string(refusal.field);
  sanitizer.close(out);
  return std::string(out.view()) + " " + std::to_string(facts.fingerprint.value());
}

// What the sanitizer remembers (the order of members, values that repeat) makes it faster and nothing else.
TEST(Sanitizer, SaysTheSameOfAnEventWhateverCameBefore) {
  const std::vector<std::string> texts = spelled_events();
  ASSERT_GT(texts.size(), 60u);
  for (const std::string& text : texts) {
    Sanitizer cold;
    const std::string wanted = sanitized(cold, text);
    ASSERT_EQ(sanitized(cold, text), wanted);
    Sanitizer warm;
    for (const std::string& before : texts) {
      sanitized(warm, before);
      ASSERT_EQ(sanitized(warm, text), wanted) << "after " << before;
    }
  }
}

TEST(Sanitizer, RemembersAValueAndNotTheOneBehindIt) {
  const auto event = [](const std::string& release) {
    return R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":"dev","release":)" +
           release + R"(,"message":"m"})";
  };
  Sanitizer sanitizer;
  EXPECT_NE(sanitized(sanitizer, event(R"("1.2")")).find(R"("release":"1.2",)"), std::string::npos);
  EXPECT_NE(sanitized(sanitizer, event(R"("1.2")")).find(R"("release":"1.2",)"), std::string::npos);
  EXPECT_NE(sanitized(sanitizer, event(R"("1.2.3")")).find(R"("release":"1.2.3",)"), std::string::npos);
  EXPECT_NE(sanitized(sanitizer, event(R"("1.2@x.example")")).find(R"("release":"[redacted:email]",)"),
            std::string::npos);
}

// Found by the fuzzer: a domain of letters and digits is none, but what the cut leaves of it may be one.
TEST(Sanitizer, LeavesNothingToRedactWhereATextWasCut) {
  const auto event = [](const std::string& message) {
    return R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":"dev","release":"",)"
           R"("message":")" +
           message + R"("})";
  };
  const std::string head(400, ' '), domain = "jane@" + std::string(60, 'a') + "." + std::string(120, 'b') + "7";
  Sanitizer sanitizer;
  EXPECT_NE(sanitized(sanitizer, event(head + domain)).find("[redacted:email]"), std::string::npos);
}

TEST(Sanitizer, RefusesADuplicateEachTime) {
  const std::string event =
      R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":"dev","release":"",)"
      R"("message":"m","device":{"os":"a","os":"a"}})";
  Sanitizer sanitizer;
  EXPECT_EQ(sanitized(sanitizer, event), "refused: os");
  EXPECT_EQ(sanitized(sanitizer, event), "refused: os");
}

TEST(Sanitizer, WritesTheSameWithAndWithoutSpaces) {
  for (const std::string& text : spelled_events()) {
    Sanitizer one, other;
    ASSERT_EQ(sanitized(one, Json::parse(text).dump()), sanitized(other, Json::parse(text).dump(2))) << text;
  }
}

}  // namespace
}  // namespace mayday
