#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mayday/base/timestamp.h"
#include "mayday/base/uuid.h"

namespace mayday {
namespace {

std::string text_of(Timestamp time) {
  std::string text(timestamp_chars, '\0');
  format_timestamp(time, text.data());
  return text;
}

TEST(Timestamp, IsReadInEveryFormOfRfc3339) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), Timestamp{0});
  EXPECT_EQ(parse_timestamp("2026-11-21t09:30:00z"), Timestamp{1'795'253'400'000});
  EXPECT_EQ(parse_timestamp("2026-11-21T10:30:00.1234567+01:00"), Timestamp{1'795'253'400'123});
  EXPECT_EQ(parse_timestamp("2026-11-20T23:30:00.5-10:00"), Timestamp{1'795'253'400'500});
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), parse_timestamp("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_timestamp("2024-02-29T00:00:00Z"), Timestamp{1'709'164'800'000});
}

TEST(Timestamp, IsRefusedInEveryOtherForm) {
  for (const char* text :
       {"", "yesterday", "2026-11-21", "2026-11-21 09:30:00Z", "2026-11-21T09:30:00", "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z",
        "2026-11-21T09:30:61Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00+1:00", "2026-11-21T09:30:00+24:00",
        "2026-11-21T09:30:00Zx", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "26-11-21T09:30:00Z",
        "2026-11-21T09:30:00z0"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

// What it remembers of a day makes it faster and nothing else.
TEST(TimestampReader, ReadsLikeParseTimestampWhateverCameBefore) {
  TimestampReader reader;
  const std::string unwritten(
      "\0\0\0\0\0\0\0\0\0\0\0"
      "09:30:00.000Z",
      24);
  for (const char* day : {"1970-01-01T", "2026-11-21T", "2026-11-22T", "2024-02-29T", "2023-02-29T"}) {
    for (const char* clock :
         {"09:30:00.007Z", "00:00:00.000Z", "23:59:59.999Z", "24:00:00.000Z", "23:60:00.000Z", "23:59:60.000Z",
          "23:59:61.000Z", "09:30:00.000z", "09:30:00.00:Z", "09:30:0a.000Z", "/9:30:00.000Z", "09-30:00.000Z",
          "09:30:00,000Z", "09:30:00.0000", "09:30:00.000Y", "09:30:00Z", "09:30:00.000+01:00",
          "\xb0"
          "9:30:00.000Z"}) {
      const std::string text = std::string(day) + clock;
      EXPECT_EQ(reader.read(text), parse_timestamp(text)) << text;
    }
  }
  EXPECT_EQ(reader.read(unwritten), std::nullopt);
  EXPECT_EQ(TimestampReader().read(unwritten), std::nullopt);
  EXPECT_EQ(TimestampReader().read("1970-01-01T00:00:01.000Z"), Timestamp{1'000});
}

TEST(Timestamp, IsWrittenAsItWasRead) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-11-21T09:30:00.007Z", "9999-12-31T23:59:59.999Z"}) {
    EXPECT_EQ(text_of(*parse_timestamp(text)), text);
  }
  EXPECT_EQ(text_of({-5}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(text_of({INT64_MAX}), "9999-12-31T23:59:59.999Z");
}

TEST(Uuid, OfVersion7BeginsWithItsTimeAndIsReadBack) {
  Random random({1, 2, 3, 4});
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const Uuid uuid = make_uuid({0x0192'f0c1'7c1e}, random);
    std::string text(uuid_chars, '\0');
    format_uuid(uuid, text.data());
    EXPECT_EQ(text.substr(0, 15), "0192f0c1-7c1e-7");
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
    EXPECT_EQ(parse_uuid(text), uuid);
    EXPECT_TRUE(seen.insert(text).second);
  }
}

TEST(Uuid, IsRefusedWhereAnythingIsOff) {
  EXPECT_TRUE(parse_uuid("0192F0C1-7C1E-7A3B-9C56-1F2E3D4C5B6A"));
  for (const char* text : {"", "0192f0c17c1e7a3b9c561f2e3d4c5b6a", "0192f0c1-7c1e-7a3b-9c56-1f2e3d4c5b6",
                           "0192f0c1-7c1e-7a3b-9c56-1f2e3d4c5b6g", "0192f0c1_7c1e_7a3b_9c56_1f2e3d4c5b6a"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace mayday
