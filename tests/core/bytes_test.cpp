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

}  // namespace
}  // namespace mayday::bytes
