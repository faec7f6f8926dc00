#include "mayday/base/gzip.h"

#include <cstring>

namespace mayday {
namespace {

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  return value;
}

constexpr std::size_t fixed_bytes = 10;
constexpr std::size_t trailer_bytes = 8;

enum Flag : std::uint8_t { header_crc = 2, extra = 4, name = 8, comment = 16, reserved = 0xe0 };

/// Where the header ends (RFC 1952, section 2.3), or 0 where `member` does not begin with one.
std::size_t header_bytes(std::string_view member, const Crc32& crc32) {
  if (member.size() < fixed_bytes || !member.starts_with("\x1f\x8b\x08")) return 0;
  const auto flags = static_cast<std::uint8_t>(member[3]);
  if (flags & Flag::reserved) return 0;
  std::size_t at = fixed_bytes;
  if (flags & Flag::extra) {
    if (member.size() < at + 2) return 0;
    at += 2 + little_endian(member.substr(at, 2));
  }
  for (const Flag text : {Flag::name, Flag::comment}) {
    if (!(flags & text)) continue;
    const std::size_t end = member.find('\0', at);
    if (end == std::string_view::npos) return 0;
    at = end + 1;
  }
  if (flags & Flag::header_crc) {
    if (member.size() < at + 2) return 0;
    if (little_endian(member.substr(at, 2)) != (crc32.of(member.substr(0, at)) & 0xffff)) return 0;
    at += 2;
  }
  return at <= member.size() ? at : 0;
}

}  // namespace

Crc32::Crc32() {
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb8'8320 : 0);
    tables_[0][byte] = crc;
  }
  for (std::size_t table = 1; table < tables_.size(); ++table) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables_[table - 1][byte];
      tables_[table][byte] = before >> 8 ^ tables_[0][before & 0xff];
    }
  }
}

std::uint32_t Crc32::of(std::string_view bytes) const {
  std::uint32_t crc = 0xffff'ffff;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    word ^= crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= tables_[7 - i][word >> (8 * i) & 0xff];
  }
  for (char c : bytes) crc = crc >> 8 ^ tables_[0][(crc ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~crc;
}

[[gnu::noinline]] Result<void> Gunzip::run(std::string_view compressed, std::size_t bytes_max, Buffer& out) {
  const std::size_t all = compressed.size();
  const auto damaged = [&] { return Error{Code::invalid_json, static_cast<std::uint32_t>(all - compressed.size())}; };
  inflater_.begin();
  do {
    const std::size_t header = header_bytes(compressed, crc32_);
    if (header == 0) return damaged();
    compressed.remove_prefix(header);
    const std::size_t start = out.size();
    const Result<std::size_t> taken = inflater_.inflate(compressed, bytes_max, out);
    if (!taken) return taken.error();
    compressed.remove_prefix(*taken);
    if (compressed.size() < trailer_bytes) return damaged();
    const std::string_view content = out.view_from(start);
    if (little_endian(compressed.substr(0, 4)) != crc32_.of(content)) return damaged();
    if (little_endian(compressed.substr(4, 4)) != static_cast<std::uint32_t>(content.size())) return damaged();
    compressed.remove_prefix(trailer_bytes);
  } while (!compressed.empty());
  return {};
}

}  // namespace mayday
