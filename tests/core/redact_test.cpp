#include "mayday/filter/redact.h"

#include <gtest/gtest.h>

#include <string>

#include "mayday/filter/redact_page.h"

namespace mayday {
namespace {

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text;
  return result;
}

/// What a text may repeat that has made scanners slow, a piece or more for each recognizer.
constexpr const char* pieces[] = {"@",
                                  "a@",
                                  "a@b.",
                                  "://",
                                  "a://b",
                                  "?a=",
                                  "/?",
                                  "eyJ-",
                                  "eyJ.",
                                  "1 ",
                                  "1-",
                                  "+1 ",
                                  "password:",
                                  "token=",
                                  "-----BEGIN ",
                                  ":",
                                  "a:",
                                  "::1",
                                  "DE89",
                                  "ghp_",
                                  "bearer ",
                                  "(",
                                  "#",
                                  "a.b.",
                                  "1.2.3.",
                                  "a%40",
                                  "%3D",
                                  "token%3D",
                                  "\\u0040",
                                  "--a ",
                                  "--token ",
                                  "-a",
                                  "hvs.",
                                  "sk-",
                                  "sk-a",
                                  "1:AA",
                                  "<token>",
                                  "token is ",
                                  "Cookie: ",
                                  "Authorization: ",
                                  "authorization: none ",
                                  "+4 ",
                                  "0 ",
                                  "00 ",
                                  "password='is ",
                                  "token=*",
                                  "token=?",
                                  "token=\\\"",
                                  "token:\\'a",
                                  "4111 ",
                                  "4111-",
                                  "ab1",
                                  "DE8 ",
                                  "phone 1 ",
                                  "a?",
                                  "/a?b",
                                  "://a:b/",
                                  "://a:b/@",
                                  "AKIA",
                                  "eyJaaaaaaaa.",
                                  "SG.",
                                  "EAAA",
                                  "git@a.b:",
                                  "key ",
                                  "&#64;",
                                  " 'a",
                                  " \"",
                                  "-u a:",
                                  ">a</",
                                  "<a>b</a>",
                                  "value=\"",
                                  "pin 1",
                                  "password a1 ",
                                  "ab1",
                                  " token_provided:",
                                  "token_provided:",
                                  "token_provided:a1",
                                  "MTk4",
                                  "1//0",
                                  "-a b",
                                  "x-token a",
                                  "a.b@c.d.",
                                  "//a:b@",
                                  "://a:b/@c",
                                  "?a=b?",
                                  "/a/a?b/",
                                  "sk-a1-",
                                  "a_key_B1c",
                                  "00 1",
                                  "::ffff:1.",
                                  "BE68 "};

// A quadratic scan of a megabyte would take minutes and stand out; no time is asserted.
TEST(Redact, EndsOnTextsMadeToStallIt) {
  for (const char* piece : pieces) {
    const std::string text = repeated(piece, 1 << 20);
    Buffer out;
    const Redaction redaction = redact(text, schema::Profile::message, out);
    EXPECT_TRUE(redaction.changed || out.empty()) << piece;
    Buffer from_page;
    redact_in_page(text, schema::Profile::message, from_page);
    EXPECT_LE(from_page.size(), 8 * text.size()) << piece;
  }
}

TEST(Redact, LeavesItsOutputAloneTheSecondTime) {
  const std::string text =
      "a@b.example 4111 1111 1111 1111 password=x token: 'y' https://u:p@h.example/?q=1 Bearer abcdef0123456789 "
      "10.1.2.3";
  Buffer once, twice;
  ASSERT_TRUE(redact(text, schema::Profile::message, once).changed);
  EXPECT_FALSE(redact(once.view(), schema::Profile::message, twice).changed) << twice.view();
}

TEST(Redact, DoesNotMindWhatStandsBehindTheText) {
  const std::string whole =
      "at 10.1.2.3 a@b.example 4111 1111 1111 1111, password=x! https://u:p@h.example/?q=1 eyJhbGciOiJ9.e30.c2ln +1 "
      "415 555 2671 123-45-6789 DE89370400440532013000 Bearer abcdef0123456789 and user@2x.png 1.2.3.4";
  for (std::size_t begin = 0; begin < whole.size(); ++begin) {
    for (std::size_t end = begin; end <= whole.size(); ++end) {
      const std::string_view text = std::string_view(whole).substr(begin, end - begin);
      for (auto profile : {schema::Profile::message, schema::Profile::stack_line, schema::Profile::identifier}) {
        Buffer alone, within;
        const Redaction one = redact(text, profile, alone);
        const Redaction other = redact(text, profile, within, whole.size() - end);
        ASSERT_EQ(one.changed, other.changed) << text;
        ASSERT_EQ(alone.view(), within.view()) << text;
      }
    }
  }
}

}  // namespace
}  // namespace mayday
