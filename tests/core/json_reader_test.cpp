#include "mayday/base/json_reader.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "mayday/base/json_writer.h"

namespace mayday::json {
namespace {

/// Writes the next value again, as nlohmann_json would: the oracle's own form.
void copy(Reader& reader, nlohmann::ordered_json& out) {
  switch (reader.kind()) {
    case Kind::object:
      out = nlohmann::ordered_json::object();
      for (bool more = reader.first_member(); more; more = reader.next_member()) {
        const std::string key(reader.key());
        nlohmann::ordered_json value;
        copy(reader, value);
        out[key] = value;
      }
      return;
    case Kind::array:
      out = nlohmann::ordered_json::array();
      for (bool more = reader.first_element(); more; more = reader.next_element()) {
        nlohmann::ordered_json value;
        copy(reader, value);
        out.push_back(value);
      }
      return;
    case Kind::string: out = std::string(reader.string().bytes); return;
    case Kind::number:
      out = nlohmann::ordered_json::parse(std::string(reader.number().spelling), nullptr, false);
      return;
    case Kind::boolean: out = reader.boolean(); return;
    case Kind::null:
      reader.null();
      out = nullptr;
      return;
    case Kind::bad: reader.skip(); return;
  }
}

bool is_json(std::string_view text) {
  Reader reader(text);
  reader.skip();
  reader.finish();
  return !reader.failed();
}

/// What nlohmann_json says. It takes a BOM and stops at a NUL, which RFC 8259 does not let it; and it refuses a lone
/// surrogate escape, which we read as U+FFFD.
enum class Oracle { json, none, no_opinion };

Oracle ask_oracle(std::string_view text, nlohmann::ordered_json& value) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) return Oracle::no_opinion;
  try {
    value = nlohmann::ordered_json::parse(text);
    return Oracle::json;
  } catch (const nlohmann::json::parse_error& error) {
    return std::string(error.what()).find("surrogate") != std::string::npos ? Oracle::no_opinion : Oracle::none;
  } catch (const nlohmann::json::out_of_range&) {
    return Oracle::none;
  }
}

void expect_oracle_agrees(std::string_view text) {
  nlohmann::ordered_json wanted;
  const Oracle oracle = ask_oracle(text, wanted);
  if (oracle == Oracle::no_opinion) return;
  ASSERT_EQ(is_json(text), oracle == Oracle::json) << text;
  if (oracle != Oracle::json) return;
  Reader reader(text);
  nlohmann::ordered_json found;
  copy(reader, found);
  ASSERT_FALSE(reader.failed()) << text;
  ASSERT_EQ(found, wanted) << text;
}

TEST(Reader, AgreesWithTheOracleOnHandPickedTexts) {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "-",
                           "1.5e3",
                           "1.",
                           ".5",
                           "01",
                           "1e5",
                           "1E+05",
                           "1e",
                           "1e+",
                           "+1",
                           "0x1",
                           "tru",
                           "nul",
                           "nulll",
                           "\"\"",
                           "\"a\\u00e9b\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"a",
                           "\"\\\"",
                           "[]",
                           "[1]",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[",
                           "]",
                           "{}",
                           "{\"a\":1}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\" 1}",
                           "{1:2}",
                           " [ 1 , { \"a\" : [ ] } ] ",
                           "\f1",
                           "1 2",
                           "",
                           " ",
                           "{\"a\":{\"b\":[{\"c\":null}]}}",
                           "\"\xc3\xa9\"",
                           "\"\xc3\"",
                           "\"\xe2\x82\xac\xf0\x9f\x98\x80\"",
                           "\"\x80\"",
                           "\"\xf5\x80\x80\x80\"",
                           "\"\\ud83d\\ude00\"",
                           "1.7976931348623157e308",
                           "1.7976931348623159e308",
                           "1e309",
                           "-1e309",
                           "1e-999",
                           "0e999",
                           "0.0000001e315",
                           "123e307",
                           "9e308"}) {
    expect_oracle_agrees(text);
  }
}

TEST(Reader, AgreesWithTheOracleOnWhatIsNextToJson) {
  const std::string seed =
      R"({"events":[{"message":"caf\u00e9 \ud83d\ude00 \"x\"","n":[-1.5e+3,0,true,false,null],"o":{"":{}}}],"a":"é€😀"})";
  std::mt19937 random(7);
  for (int i = 0; i < 60'000; ++i) {
    std::string text = seed;
    for (auto edits = random() % 3 + 1; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, random() % 3 + 1); break;
        case 2: text.insert(at, 1, "{}[],:\"\\eE+-.0123456789tfn u"[random() % 29]); break;
        default: text.insert(at, text.substr(random() % text.size(), random() % 9)); break;
      }
    }
    expect_oracle_agrees(text);
    if (HasFatalFailure()) return;
  }
}

TEST(Reader, FailsAtTheByteWhereTheTextStopsBeingJson) {
  Reader reader("{\"a\": 1, \"b\": x}");
  for (bool more = reader.first_member(); more; more = reader.next_member()) reader.skip();
  ASSERT_TRUE(reader.failed());
  EXPECT_EQ(reader.error().code, Code::invalid_json);
  EXPECT_EQ(reader.error().at, 14u);
}

TEST(Reader, KeepsAStringUpToItsBoundOnACharactersBoundary) {
  for (const bool escaped : {false, true}) {
    std::string text = escaped ? "\"\\n" : "\"n";
    for (int i = 0; i < 3'000; ++i) text += "\xc3\xa9";
    Reader reader((text += "\""));
    const Text read = reader.string();
    EXPECT_FALSE(read.whole);
    EXPECT_EQ(read.code_points, 3'001u);
    EXPECT_EQ(read.bytes.size(), string_bytes_kept - 1);
    EXPECT_FALSE(reader.failed());
  }
}

TEST(Reader, TakesTheDepthThatIsAllowedAndNotOneMore) {
  const std::string at_limit = std::string(json_depth_max, '[') + std::string(json_depth_max, ']');
  EXPECT_TRUE(is_json(at_limit));
  EXPECT_FALSE(is_json("[" + at_limit + "]"));
}

TEST(Reader, ReadsIntegersThatADoubleHoldsExactly) {
  EXPECT_EQ(Number{"-12"}.integer(), -12);
  EXPECT_EQ(Number{"999999999999999"}.integer(), 999'999'999'999'999);
  EXPECT_EQ(Number{"1000000000000000"}.integer(), std::nullopt);
  EXPECT_EQ(Number{"1.0"}.integer(), std::nullopt);
  EXPECT_EQ(Number{"1e2"}.integer(), std::nullopt);
}

}  // namespace
}  // namespace mayday::json
