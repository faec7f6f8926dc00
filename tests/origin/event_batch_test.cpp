#include "origin/store/event_batch.h"

#include "tests/origin/events.h"

namespace mayday::origin::test {
namespace {

std::string reason_of(const std::string& line) {
  const EventBatch batch(line, noon);
  if (batch.rejected().size() != 1) return "not rejected";
  return batch.rejected().front().reason;
}

std::string without(const std::string& line, const std::string& part) {
  std::string cut = line;
  cut.erase(cut.find(part), part.size());
  return cut;
}

TEST(EventBatch, RefusesABadLineAloneAndTellsItsPlace) {
  const EventBatch batch("\n" + line_of({.number = 1}) + "nonsense\n\n[]\n" + line_of({.number = 2}), noon);
  EXPECT_EQ(batch.rows().size(), 2u);
  ASSERT_EQ(batch.rejected().size(), 2u);
  EXPECT_EQ(batch.rejected()[0].index, 1u);
  EXPECT_EQ(batch.rejected()[0].reason, "invalid_json");
  EXPECT_EQ(batch.rejected()[1].index, 2u);
  EXPECT_EQ(batch.rejected()[1].reason, "not_an_object");
}

TEST(EventBatch, NamesTheFieldThatIsMissingOrWrong) {
  const std::string line = line_of({.number = 1});
  EXPECT_EQ(reason_of(without(line, R"("level":"error",)")), "missing:level");
  EXPECT_EQ(reason_of(without(line, R"("release":"1.0",)")), "missing:release");
  EXPECT_EQ(reason_of(line_of({.level = "fatal"})), "invalid:level");
  EXPECT_EQ(reason_of(R"({"event_id":"x"})"), "invalid:event_id");
  EXPECT_EQ(reason_of(line.substr(0, 40)), "invalid_json");
}

TEST(EventBatch, KeepsTextsThatHadEscapes) {
  const std::string message = "a \"quoted\" line\nand \\ a tab\t";
  const EventBatch batch(line_of({.message = message, .session_id = "x\ny", .error_type = "T\"E"}), noon);
  ASSERT_EQ(batch.rows().size(), 1u);
  EXPECT_EQ(batch.rows()[0].message, message);
  EXPECT_EQ(batch.rows()[0].session_id, "x\ny");
  EXPECT_EQ(batch.rows()[0].error_type, "T\"E");
}

TEST(EventBatch, TakesLinesThatEndAsOnWindows) {
  std::string lines = line_of({.number = 1}) + line_of({.number = 2});
  for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; at += 2) lines.insert(at, "\r");
  const EventBatch batch(lines, noon);
  ASSERT_EQ(batch.rows().size(), 2u);
  EXPECT_TRUE(batch.rows()[0].body.ends_with('}'));
}

TEST(EventBatch, LeavesNoCarriageReturnThatCouldBreakAnEventStream) {
  std::string line = line_of({.number = 1});
  line.insert(1, "\r\r");
  const EventBatch batch(line, noon);
  ASSERT_EQ(batch.rows().size(), 1u);
  EXPECT_EQ(batch.rows()[0].body.find('\r'), std::string_view::npos);
}

TEST(EventBatch, RefusesACarriageReturnInsideAString) {
  std::string line = line_of({.message = "broken"});
  line.insert(line.find("broken"), "\r");
  EXPECT_EQ(reason_of(line), "invalid_json");
}

TEST(EventBatch, TakesNothingFromAnEmptyText) {
  const EventBatch batch("", noon);
  EXPECT_TRUE(batch.rows().empty());
  EXPECT_TRUE(batch.rejected().empty());
}

TEST(EventBatch, BoundsTheCount) {
  const auto count_of = [](const std::string& count) {
    std::string line = line_of({.number = 1});
    line.insert(1, "\"count\":" + count + ",");
    return EventBatch(line, noon).rows().at(0).occurrences;
  };
  EXPECT_EQ(count_of("12"), 12);
  EXPECT_EQ(count_of("0"), 1);
  EXPECT_EQ(count_of("-5"), 1);
  EXPECT_EQ(count_of("1.5"), 1);
  EXPECT_EQ(count_of("999999999999999"), 1'000'000'000);
  EXPECT_EQ(count_of("\"9\""), 1);
}

/// The one row of a line that carries `members` too, such as `"tags":{...}`. Its views live as long as the batch.
struct OneRow {
  explicit OneRow(const std::string& members, const Sample& line = {.number = 1})
      : batch(std::string(line_of(line)).insert(1, members.empty() ? "" : members + ","), noon) {}
  const EventRow& row() const { return batch.rows().at(0); }
  EventBatch batch;
};

TEST(EventBatch, TellsAPersonsErrorByItsTags) {
  const OneRow one(
      R"("tags":{"error.code":"TIMEOUT","error.type":"timeout","action":"pay","page":"/cart","impact.severity":"high",)"
      R"("impact.user_blocked":"true","other":"x"})",
      {.number = 1, .level = "warn"});
  EXPECT_EQ(one.row().severity, Severity::high);
  EXPECT_EQ(one.row().error_kind, ErrorKind::timeout);
  EXPECT_EQ(one.row().error_code, "TIMEOUT");
  EXPECT_EQ(one.row().action, "pay");
  EXPECT_EQ(one.row().page, "/cart");
  EXPECT_TRUE(one.row().user_blocked);
}

TEST(EventBatch, TellsAnyOtherErrorByWhatThereIs) {
  EXPECT_EQ(OneRow("").row().severity, Severity::medium);
  EXPECT_EQ(OneRow("", {.number = 1, .level = "warn"}).row().severity, Severity::none);
  EXPECT_EQ(OneRow(R"("http":{"status":403})").row().error_kind, ErrorKind::permission);
  EXPECT_EQ(OneRow(R"("http":{"status":422})").row().error_kind, ErrorKind::validation);
  EXPECT_EQ(OneRow(R"("http":{"status":504})").row().error_kind, ErrorKind::timeout);
  EXPECT_EQ(OneRow(R"("http":{"host":"a"})").row().error_kind, ErrorKind::network);
  EXPECT_EQ(OneRow(R"("support":{"action":"auth_login"})").row().action, "auth_login");
}

TEST(EventBatch, AnAttemptToRecoverIsNoError) {
  const OneRow one(R"("tags":{"error.code":"TIMEOUT","recovery.attempted":"true","recovery.successful":"true"})");
  EXPECT_EQ(one.row().severity, Severity::none);
  EXPECT_TRUE(one.row().recovery_attempted);
  EXPECT_TRUE(one.row().recovered);
}

TEST(EventBatch, TakesTagsOfAnyShape) {
  for (const char* members : {R"("tags":[1])", R"("tags":{"action":{"a":[1]}})", R"("http":7)", R"("support":"x")",
                              R"("tags":{"impact.severity":"none"})"}) {
    EXPECT_EQ(OneRow(members).batch.rows().size(), 1u) << members;
  }
}

}  // namespace
}  // namespace mayday::origin::test
