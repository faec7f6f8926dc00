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

/// An event whose stack has a plain line, then `line`, spelled as it stands in JSON.
std::string event_with_line(const std::string& line) {
  return R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":"dev","release":"",)"
         R"x("message":"m","error":{"type":"T","message":"m","stack":["at a (b.js:1:2)",")x" +
         line + R"("]}})";
}

TEST(Sanitizer, LeavesAMarkWhereNothingElseIsLeft) {
  // So long that the reader gives no more of it, and all that redaction leaves is within what is not shown.
  const std::string name = "dev" + std::string(111, 'a') + '@' + std::string(87, 'a') + '3' + std::string(112, 'a');
  const std::string environment = name + std::string(65, 'W') + '.' + std::string(27, 'a') + std::string(84, '7');
  Sanitizer sanitizer;
  const std::string event =
      R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":")" + environment +
      R"(","release":"1.2.3","message":"x"})";
  const std::string written = sanitized(sanitizer, event);
  EXPECT_NE(written.find(R"("environment":"[redacted:email]")"), std::string::npos) << written;
}

TEST(Sanitizer, SaysTheSameOfAFrameWhicheverWayItIsRead) {
  std::vector<std::string> names{"goes", "stays"};
  for (const std::string& corpus : test::held_out_corpora)
    names.insert(names.end(), {corpus + "_goes", corpus + "_stays"});
  std::vector<std::string> lines{"at",
                                 "at ",
                                 "at x",
                                 "at (",
                                 "at ()",
                                 "at f ()",
                                 "at a/b.js (",
                                 "at https://app.example/" + std::string(50, 'd') + "/b.js (",
                                 "at f (a)",
                                 "at f (a/)",
                                 "at f (a/:1:2)",
                                 "at f (a/b.js:1:2) ",
                                 "at a/b.js:1:2",
                                 "at f(a/b.js",
                                 "at f (yyeyJ/b.js:1)",
                                 "at f (a/b--c.js:1:2)",
                                 "at f (a/b---c.js:1:2)",
                                 "at HTMLElement.AKIA (a/b.js:1:2)",
                                 "at f (https://app.example/" + std::string(80, 'd') + "/b-4f3a2b1c.js:1:2)",
                                 "at f (https://app.example/" + std::string(80, 'd') + ":1:2)",
                                 "at f (a/" + std::string(500, 'd') + ".js:1:2)",
                                 "at f (a/" + std::string(497, 'd') + ".js)"};
  for (const std::string& name : names) {
    for (const Json& test_case : test::read_cases("redact/" + name + ".json")) {
      const auto text = test_case["in"].get<std::string>();
      lines.insert(lines.end(),
                   {"at " + text, "at f (" + text + ":1:2)", "at new " + text + " (https://a.example/b.js:1:2)",
                    "at f2 (https://a.example/" + text + ".js:1:2)"});
    }
  }
  ASSERT_GT(lines.size(), 10'000u);
  Sanitizer sanitizer;
  for (const std::string& line : lines) {
    std::string spelled = Json(line).dump();
    spelled = spelled.substr(1, spelled.size() - 2);
    const std::string wanted = sanitized(sanitizer, event_with_line("\\u0020" + spelled));
    ASSERT_EQ(sanitized(sanitizer, event_with_line(" " + spelled)), wanted);
  }
}

TEST(Sanitizer, SaysTheSameOfAMessageThatItKnows) {
  const auto event = [](const std::string& message) {
    return R"({"timestamp":"2026-11-21T09:30:00.000Z","level":"error","service":"web","environment":"dev","release":"",)"
           R"("message":")" +
           message + R"("})";
  };
  Sanitizer warm;
  for (const char* end :
       {"17 of jane@example.com", "17 of john@example.com", "\\u001b[2J of jane@example.com", "caf\u00e9"}) {
    // Of every length around that which is remembered, with a field's limit between; a mark is longer than what it stands for.
    for (std::size_t size = 0; size < 540; size += size < 200 ? 7 : 1) {
      const std::string text = event("Could not load order " + std::string(size, 'x') + " " + end);
      Sanitizer cold;
      const std::string wanted = sanitized(cold, text);
      ASSERT_EQ(sanitized(warm, text), wanted);
      ASSERT_EQ(sanitized(warm, text), wanted);
      ASSERT_EQ(wanted.find("jane"), std::string::npos);
    }
  }
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
