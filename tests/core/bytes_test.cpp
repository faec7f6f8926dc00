#include "mayday/base/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace mayday::bytes {
namespace {

TEST(StringSpecial, IsFoundAlikeByBlockAndByByte) {
  for (int value = 0; value < 256; ++value) {
    for (std::size_t at = 0; at < block_bytes; ++at) {
      std::string block(block_bytes, 'a');
      block[at] = static_cast<char>(value);
      const std::uint32_t wanted = std::uint32_t{is_string_special(static_cast<char>(value))} << at;
      ASSERT_EQ(string_special_mask(block.data()), wanted) << value << " at " << at;
    }
  }
}

TEST(StringSpecial, IsFoundAtEveryPlaceOfTextsOfEveryLength) {
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      std::string text(size, 'x');
      if (at < size) text[at] = '"';
      ASSERT_EQ(find_string_special(text.data(), text.data() + size) - text.data(), static_cast<std::ptrdiff_t>(at));
    }
  }
}

TEST(TripleMask, IsTheSameByBlockAndByByte) {
  TripleSets sets;
  std::uint32_t state = 1;
  const auto next = [&state] { return (state = state * 1'664'525 + 1'013'904'223) >> 24; };
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t nibble = 0; nibble < 16; ++nibble) {
      sets.low[i][nibble] = static_cast<std::uint8_t>(next());
      sets.high[i][nibble] = static_cast<std::uint8_t>(next());
    }
  }
  for (int round = 0; round < 10'000; ++round) {
    char text[triple_bytes];
    for (char& c : text) c = static_cast<char>(next());
    std::uint32_t wanted = 0;
    for (std::size_t at = 0; at < block_bytes; ++at) {
      wanted |= std::uint32_t{is_triple(text + at, text + triple_bytes, sets)} << at;
    }
    ASSERT_EQ(triple_mask(text, sets), wanted);
  }
}

TEST(Copy, CopiesTextsOfEveryLengthAndNothingAround) {
  std::string from(600, '\0');
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<char>(i * 7);
  for (std::size_t size = 0; size < 520; ++size) {
    std::string to(602, '#');
    copy(to.data() + 1, from.data(), size);
    ASSERT_EQ(to.substr(1, size), from.substr(0, size));
    ASSERT_EQ(to[0], '#');
    ASSERT_EQ(to[size + 1], '#');
  }
}

TEST(Equal, TellsEveryDifferenceAtEveryLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(equal(text.data(), std::string(text).data(), size));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      ASSERT_FALSE(equal(text.data(), other.data(), size));
    }
  }
}

}  // namespace
}  // namespace mayday::bytes
