#include "origin/http/query.h"

#include <gtest/gtest.h>

#include "origin/http/event_query.h"

namespace mayday::origin::http {
namespace {

std::string wrong_in(std::string_view text) {
  EventQuery query;
  return std::string(read_event_query(Query(text), query));
}

TEST(Query, DecodesFormText) {
  const Query query("q=a+b%26c%3D%C3%A9&empty=&flag&x=1=2");
  EXPECT_EQ(query.value("q"), "a b&c=\xc3\xa9");
  EXPECT_EQ(query.value("empty"), std::nullopt);
  EXPECT_EQ(query.value("flag"), std::nullopt);
  EXPECT_EQ(query.value("x"), "1=2");
  EXPECT_TRUE(query.is_valid());
}

TEST(Query, FindsBrokenEscapes) {
  EXPECT_FALSE(Query("q=%").is_valid());
  EXPECT_FALSE(Query("q=%2").is_valid());
  EXPECT_FALSE(Query("q=%zz").is_valid());
  EXPECT_FALSE(Query("q=%-1").is_valid());
}

TEST(Query, ReadsBoundedIntegers) {
  const Query query("a=1&b=200&c=201&d=x&e=1.5&f=%201");
  EXPECT_EQ(query.integer("a", 1, 200, 50), 1);
  EXPECT_EQ(query.integer("b", 1, 200, 50), 200);
  EXPECT_EQ(query.integer("c", 1, 200, 50), std::nullopt);
  EXPECT_EQ(query.integer("d", 1, 200, 50), std::nullopt);
  EXPECT_EQ(query.integer("e", 1, 200, 50), std::nullopt);
  EXPECT_EQ(query.integer("f", 1, 200, 50), std::nullopt);
  EXPECT_EQ(query.integer("missing", 1, 200, 50), 50);
}

TEST(EventQuery, NamesTheParameterThatIsWrong) {
  EXPECT_EQ(wrong_in("level=error&limit=200&since=2026-11-21T12:00:00Z&until=1795262400000"), "");
  EXPECT_EQ(wrong_in("level=fatal"), "level");
  EXPECT_EQ(wrong_in("limit=0"), "limit");
  EXPECT_EQ(wrong_in("limit=201"), "limit");
  EXPECT_EQ(wrong_in("since=yesterday"), "since");
  EXPECT_EQ(wrong_in("until=-1"), "until");
  EXPECT_EQ(wrong_in("cursor=12"), "cursor");
  EXPECT_EQ(wrong_in("cursor=a-b"), "cursor");
  EXPECT_EQ(wrong_in("fingerprint=12"), "fingerprint");
  EXPECT_EQ(wrong_in("fingerprint=000000000000000g"), "fingerprint");
  EXPECT_EQ(wrong_in("q=%"), "query");
}

TEST(EventQuery, ReadsBackTheCursorItWrote) {
  const EventCursor cursor{.occurred = {1'795'262'400'123}, .id = 42};
  const std::optional<EventCursor> read = parse_cursor(format_cursor(cursor));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->occurred, cursor.occurred);
  EXPECT_EQ(read->id, 42);
}

}  // namespace
}  // namespace mayday::origin::http
