#include "mayday/base/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mayday/base/utf8.h"

namespace mayday::json {
namespace {

TEST(Writer, WritesEveryCodePointSoThatItIsReadBack) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    char bytes[4];
    const std::string text(bytes, utf8::encode(c, bytes));
    Buffer out;
    append_string(out, text);
    ASSERT_EQ(nlohmann::json::parse(out.view()).get<std::string>(), text) << static_cast<std::uint32_t>(c);
    if (c > 0x3000 && c < 0x10000 && c != 0xfeff) c += 60;  // The rest of the plane is all alike.
    if (c > 0x10000) c += 4'000;
  }
}

TEST(Writer, LetsNothingThroughThatForgesALineOrDrivesATerminal) {
  for (const std::string text : {"\n", "\r", "\x1b", "\x7f", "\xc2\x9b", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa6",
                                 "\xef\xbb\xbf", "\xd8\x9c", "\xe2\x80\x8f"}) {
    Buffer out;
    append_escaped(out, "a" + text + "b");
    EXPECT_EQ(out.view().find(text), std::string_view::npos) << out.view();
    EXPECT_EQ(out.view().substr(0, 2), "a\\");
  }
}

TEST(Writer, WritesIntegersToTheirEnds) {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    Buffer out;
    append_integer(out, value);
    EXPECT_EQ(out.view(), std::to_string(value));
  }
}

}  // namespace
}  // namespace mayday::json
