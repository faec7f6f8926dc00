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

TEST(TripleScan, FindsTheSameByBlockAndByByte) {
  TripleSets sets;
  std::uint32_t state = 1;
  const auto next = [&state] { return (state = state * 1'664'525 + 1'013'904'223) >> 24; };
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t nibble = 0; nibble < 16; ++nibble) {
      sets.low[i][nibble] = static_cast<std::uint8_t>(next());
      sets.high[i][nibble] = static_cast<std::uint8_t>(next());
    }
  }
  for (int round = 0; round < 3'000; ++round) {
    std::string text(4 * block_bytes, '\0');
    for (char& c : text) c = static_cast<char>(next());
    TripleScan scan(sets);
    for (std::size_t block = 0; block < text.size(); block += block_bytes) {
      std::uint32_t wanted = 0;
      for (std::size_t i = 0; i < block_bytes; ++i) {
        const std::size_t end = block + i;
        if (end >= 2) wanted |= std::uint32_t{is_triple(&text[end - 2], &text[end] + 1, sets)} << i;
      }
      ASSERT_EQ(scan.next(&text[block]), wanted) << "block " << block;
    }
  }
}

TEST(PairScan, FindsTheSameByBlockAndByByte) {
  PairSets sets;
  std::uint32_t state = 7;
  const auto next = [&state] { return static_cast<std::uint8_t>((state = state * 1'664'525 + 1'013'904'223) >> 24); };
  // Sparse, so that most bytes are in no set.
  for (std::uint8_t& bits : sets.low) bits = next() & next();
  for (std::uint8_t& bits : sets.high) bits = next() & next();
  sets.pairs = 0b0101'0110;
  for (int round = 0; round < 3'000; ++round) {
    std::string text(4 * block_bytes, '\0');
    for (char& c : text) c = static_cast<char>(next());
    PairScan scan(sets);
    for (std::size_t block = 0; block < text.size(); block += block_bytes) {
      std::uint32_t wanted = 0;
      for (std::size_t at = block; at < block + block_bytes; ++at) {
        const int before = at > 0 ? sets.of(text[at - 1]) : 0;
        wanted |= std::uint32_t{(sets.of(text[at]) & (before | ~sets.pairs)) != 0} << (at - block);
      }
      ASSERT_EQ(scan.next(&text[block]), wanted) << "block " << block;
    }
  }
}

TEST(Find, FindsTheFirstWhateverMayBeReadBehind) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      std::string text(size + 20, 'x');
      text[at] = at % 2 == 0 ? ':' : '?';
      text[size] = ':';
      const char* end = text.data() + size;
      for (const char* readable_end : {end, end + 5, end + 20}) {
        ASSERT_EQ(find(text.data(), end, readable_end, '?', ':') - text.data(), static_cast<std::ptrdiff_t>(at));
      }
    }
  }
}

TEST(Find, FindsTheLast) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[0] = text[at] = '/';
      ASSERT_EQ(find_behind_last(text.data(), text.data() + size, '/') - text.data(),
                static_cast<std::ptrdiff_t>(at) + 1);
    }
    const std::string none(size, 'x');
    ASSERT_EQ(find_behind_last(none.data(), none.data() + size, '/'), none.data());
  }
}

TEST(WordMasks, KnowEveryByteAtEveryPlace) {
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool digit = c >= '0' && c <= '9', hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool word = digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    for (std::size_t count = 1; count <= 64; ++count) {
      std::string text(64, '.');
      text[count - 1] = c;
      for (std::size_t slack : {std::size_t{0}, 64 - count}) {
        const WordMasks masks = word_masks(text.data(), count, text.data() + count + slack);
        const std::uint64_t bit = std::uint64_t{1} << (count - 1);
        ASSERT_EQ(masks.word, word ? bit : 0) << value << " at " << count - 1;
        ASSERT_EQ(masks.digit, digit ? bit : 0) << value << " at " << count - 1;
        ASSERT_EQ(masks.hex, hex ? bit : 0) << value << " at " << count - 1;
      }
    }
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
