#include "mayday/base/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mayday/base/limits.h"

namespace mayday {
namespace {

struct Settings {
  int level = 6;
  int strategy = Z_DEFAULT_STRATEGY;
  int memory = 8;
};

/// What zlib, the oracle, makes of `content`.
std::string gzip_of(const std::string& content, Settings settings = {}) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, settings.level, Z_DEFLATED, 15 + 16, settings.memory, settings.strategy), Z_OK);
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Unpacked {
  Code code = Code::none;
  std::string content;
};

Unpacked unpack(const std::string& compressed, std::size_t bytes_max = body_bytes_max) {
  static Gunzip gunzip;
  Buffer out;
  const Result<void> result = gunzip.run(compressed, bytes_max, out);
  if (!result) return {.code = result.error().code};
  return {.content = std::string(out.view())};
}

std::uint32_t next_random(std::uint32_t& state) { return state = state * 1'664'525 + 1'013'904'223; }

/// Nothing, one byte, runs, prose, noise, and what lies between.
std::vector<std::string> contents() {
  std::vector<std::string> list{"", "a", std::string(70'000, 'x')};
  std::string prose, noise, mixed;
  std::uint32_t state = 1;
  for (int i = 0; i < 4'000; ++i) prose += R"({"level":"error","message":"it broke )" + std::to_string(i % 37) + "\"}";
  for (int i = 0; i < 100'000; ++i) noise += static_cast<char>(next_random(state) >> 24);
  for (int i = 0; i < 100'000; ++i) mixed += static_cast<char>(next_random(state) >> (20 + i % 12));
  list.insert(list.end(), {prose, noise, mixed});
  return list;
}

TEST(Gunzip, UnpacksWhatZlibPacksAtEveryLevelAndStrategy) {
  for (const std::string& content : contents()) {
    for (int level = 0; level <= 9; ++level) {
      for (int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
        const Unpacked unpacked = unpack(gzip_of(content, {.level = level, .strategy = strategy}));
        ASSERT_EQ(unpacked.code, Code::none) << content.size() << " at " << level << "/" << strategy;
        ASSERT_EQ(unpacked.content, content) << level << "/" << strategy;
      }
    }
  }
}

TEST(Gunzip, UnpacksAFullBodyOfTheSmallestBlocks) {
  std::string content;
  std::uint32_t state = 7;
  while (content.size() < body_bytes_max) content += static_cast<char>('a' + (next_random(state) >> 28));
  EXPECT_EQ(unpack(gzip_of(content, {.level = 9, .strategy = Z_HUFFMAN_ONLY, .memory = 1})).content, content);
}

TEST(Gunzip, WritesNoMoreThanItsBound) {
  const std::string content(1'000, 'x');
  EXPECT_EQ(unpack(gzip_of(content), 1'000).content, content);
  EXPECT_EQ(unpack(gzip_of(content), 999).code, Code::payload_too_large);
  EXPECT_EQ(unpack(gzip_of(content, {.level = 0}), 1'000).content, content);
  EXPECT_EQ(unpack(gzip_of(content, {.level = 0}), 999).code, Code::payload_too_large);
  EXPECT_EQ(unpack(gzip_of("x") + gzip_of(content), 1'000).code, Code::payload_too_large);
  EXPECT_EQ(unpack(gzip_of(std::string(100'000'000, '\0'))).code, Code::payload_too_large);
}

TEST(Gunzip, TakesMembersInARowAndNothingElseBehindThem) {
  const std::string one = gzip_of("one "), two = gzip_of("two");
  EXPECT_EQ(unpack(one + two).content, "one two");
  EXPECT_EQ(unpack(one + std::string(1, '\0')).code, Code::invalid_json);
  EXPECT_EQ(unpack(one + "garbage").code, Code::invalid_json);
  EXPECT_EQ(unpack("").code, Code::invalid_json);
}

TEST(Gunzip, LooksBackInItsOwnMemberAlone) {
  // Fixed codes: a match of length 3 at distance 1, with nothing before it in this member.
  const std::string reaches_back =
      std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + std::string("\x03\x02\0\0\0\0\0\0\0\0", 10);
  EXPECT_EQ(unpack(reaches_back).code, Code::invalid_json);
  EXPECT_EQ(unpack(gzip_of("aaaa") + reaches_back).code, Code::invalid_json);
}

TEST(Gunzip, NoticesEveryByteThatWasChangedOrIsMissing) {
  const std::string content = R"({"message":"the content of a body, the content of a body"})";
  const std::string packed = gzip_of(content);
  for (std::size_t length = 0; length < packed.size(); ++length) {
    EXPECT_EQ(unpack(packed.substr(0, length)).code, Code::invalid_json) << length;
  }
  constexpr std::size_t header_of_no_consequence = 4;  // The time, the level and the system, which nobody reads.
  for (std::size_t at = 0; at < packed.size(); ++at) {
    if (at >= header_of_no_consequence && at < 10) continue;
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = packed;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      // A damaged stream may end in an error of either kind; what it never does is pass for other content.
      const Unpacked unpacked = unpack(damaged);
      EXPECT_TRUE(unpacked.code != Code::none || unpacked.content == content) << at << "." << bit;
    }
  }
}

TEST(Gunzip, ReadsEveryPartOfAHeader) {
  const std::string body = gzip_of("x").substr(10);
  std::string head("\x1f\x8b\x08\x1e\0\0\0\0\0\xff", 10);
  head += std::string("\x03\0abc", 5) + std::string("name\0", 5) + std::string("a comment\0", 10);
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(head.data()), static_cast<uInt>(head.size()));
  const std::string right{static_cast<char>(crc & 0xff), static_cast<char>(crc >> 8 & 0xff)};
  EXPECT_EQ(unpack(head + right + body).content, "x");
  EXPECT_EQ(unpack(head + "\x01\x02" + body).code, Code::invalid_json);
  head[3] = '\x3e';
  EXPECT_EQ(unpack(head + right + body).code, Code::invalid_json);
}

/// A member of `blocks` blocks that hold nothing, each with a code of its own that knows the block's end alone.
std::string empty_blocks(int blocks) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::uint32_t value = 0, count = 0;
  const auto put = [&](std::uint32_t bits, std::uint32_t width) {
    for (std::uint32_t i = 0; i < width; ++i) {
      value |= (bits >> i & 1) << count++;
      if (count == 8) out += static_cast<char>(value), value = 0, count = 0;
    }
  };
  for (int block = 1; block <= blocks; ++block) {
    put(block == blocks, 1), put(2, 2), put(0, 5), put(0, 5), put(14, 4);
    // In the order 16, 17, 18, 0, 8 ...: one bit for 18, two for 0 and for 1.
    for (std::uint32_t length : {0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}) put(length, 3);
    put(0, 1), put(138 - 11, 7), put(0, 1), put(118 - 11, 7);  // 256 zeros,
    put(3, 2), put(1, 2);                                      // one bit for the block's end, none for a distance.
    put(0, 1);
  }
  if (count > 0) put(0, 8 - count);
  return out + std::string(8, '\0');
}

TEST(Gunzip, StopsAtMoreTablesThanAnHonestBodyHas) {
  EXPECT_EQ(unpack(empty_blocks(4'096)).code, Code::none);
  EXPECT_EQ(unpack(empty_blocks(4'097)).code, Code::invalid_json);
  std::string members;
  const std::string empty = gzip_of("");
  while (members.size() + empty.size() <= body_bytes_max) members += empty;
  EXPECT_EQ(unpack(members).code, Code::none) << "the fixed codes are made once";
}

}  // namespace
}  // namespace mayday
