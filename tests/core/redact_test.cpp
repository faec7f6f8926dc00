#include "mayday/filter/redact.h"

#include <gtest/gtest.h>

#include <string>

namespace mayday {
namespace {

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text;
  return result;
}

// A quadratic scan of a megabyte would take minutes and stand out; no time is asserted.
TEST(Redact, EndsOnTextsMadeToStallIt) {
  for (const char* piece : {"@",    "a@",   "a@b.",    "://",       "a://b",  "?a=",         "/?",    "eyJ-", "eyJ.",
                            "1 ",   "1-",   "+1 ",     "password:", "token=", "-----BEGIN ", ":",     "a:",   "::1",
                            "DE89", "ghp_", "bearer ", "(",         "#",      "a.b.",        "1.2.3."}) {
    const std::string text = repeated(piece, 1 << 20);
    Buffer out;
    const Redaction redaction = redact(text, schema::Profile::message, out);
    EXPECT_EQ(redaction.changed, !out.empty()) << piece;
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

}  // namespace
}  // namespace mayday
