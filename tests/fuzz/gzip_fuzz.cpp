// Our gunzip against zlib, its oracle: what one takes, the other takes, and they agree on what it holds.
#include <zlib.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "mayday/base/gzip.h"

namespace {

constexpr std::size_t bytes_max = 64 * 1024;

enum class Verdict { fits, too_large, damaged };

/// Members in a row up to the last byte, as ours reads them.
Verdict unpack_by_zlib(std::string_view input, std::string& content) {
  std::vector<char> out(bytes_max + 1);
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) std::abort();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int status = Z_STREAM_END;
  do {
    inflateReset(&stream);
    status = inflate(&stream, Z_FINISH);
  } while (status == Z_STREAM_END && stream.avail_in > 0 && stream.avail_out > 0);
  const bool is_full = stream.avail_out == 0;
  content.assign(out.data(), out.size() - stream.avail_out);
  inflateEnd(&stream);
  if (is_full) return Verdict::too_large;
  return status == Z_STREAM_END ? Verdict::fits : Verdict::damaged;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static mayday::Gunzip gunzip;
  // Too small for as many blocks as ours stops at; zlib knows no such bound.
  if (size > 32 * 1024) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  mayday::Buffer out;
  const mayday::Result<void> result = gunzip.run(input, bytes_max, out);
  std::string content;
  const Verdict verdict = unpack_by_zlib(input, content);
  // Where the bound is reached first depends on how far each writes before it looks; a stream may be both.
  if (verdict == Verdict::too_large) return result ? (std::abort(), 0) : 0;
  if (static_cast<bool>(result) != (verdict == Verdict::fits)) std::abort();
  if (result && out.view() != content) std::abort();
  return 0;
}
