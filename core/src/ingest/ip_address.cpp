#include "mayday/ingest/ip_address.h"

#include <algorithm>

#include "mayday/base/ascii.h"
#include "mayday/base/entries.h"
#include "mayday/base/integer.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/uuid.h"

namespace mayday {
namespace {

/// All of `text` as a number of at most `digits_max` digits and `maximum`.
template <typename Number>
bool read_number(std::string_view text, unsigned base, std::size_t digits_max, std::uint32_t maximum, Number& out) {
  const std::optional<std::uint64_t> value = parse_integer(text, base);
  if (text.size() > digits_max || !value || *value > maximum) return false;
  out = static_cast<Number>(*value);
  return true;
}

/// Four numbers into `out`. A leading zero is not octal, and not an address either.
bool read_v4(std::string_view text, std::uint8_t* out) {
  if (text.empty() || text.back() == '.') return false;
  std::size_t parts = 0;
  for (; !text.empty() && parts < 4; ++parts) {
    const std::string_view part = take_until(text, '.');
    if (part.size() > 1 && part[0] == '0') return false;
    if (!read_number(part, 10, 3, 255, out[parts])) return false;
  }
  return parts == 4 && text.empty();
}

/// Groups of 16 bits between colons; two colons in a row stand for zeros, once; the last two groups may be an IPv4 address.
bool read_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  constexpr std::size_t no_gap = 16;
  std::size_t at = 0, gap = no_gap;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    if (!text.starts_with(':')) return false;
  }
  while (!text.empty()) {
    if (text[0] == ':') {
      if (gap != no_gap) return false;
      gap = at;
      text.remove_prefix(1);
      continue;
    }
    const bool is_last = text.find(':') == std::string_view::npos;
    std::uint16_t group = 0;
    if (is_last && at <= 12 && read_v4(text, &out[at])) {
      at += 4;
      break;
    }
    if (at == out.size() || !read_number(take_until(text, ':'), 16, 4, 0xffff, group)) return false;
    if (!is_last && text.empty()) return false;
    out[at++] = static_cast<std::uint8_t>(group >> 8);
    out[at++] = static_cast<std::uint8_t>(group & 0xff);
  }
  if (gap == no_gap) return at == out.size();
  if (at > 14) return false;
  for (std::size_t end = out.size(); at > gap; out[at] = 0) out[--end] = out[--at];
  return true;
}

bool is_port(std::string_view text) {
  std::uint32_t port = 0;
  return text.empty() || (text[0] == ':' && read_number(text.substr(1), 10, 5, 65'535, port));
}

}  // namespace

std::string_view IpAddress::network() const {
  return {reinterpret_cast<const char*>(bytes.data()), is_v4 ? std::size_t{4} : std::size_t{8}};
}

[[gnu::noinline]] std::optional<IpAddress> parse_ip_address(std::string_view text) {
  text = ascii::trimmed(text);
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_port(text.substr(end + 1))) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    if (!is_port(text.substr(colon))) return std::nullopt;
    text = text.substr(0, colon);
  }
  IpAddress v4{.is_v4 = true};
  if (read_v4(text, v4.bytes.data())) return v4;
  text = text.substr(0, text.find('%'));
  IpAddress address;
  if (!read_v6(text, address.bytes)) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return address;
  std::copy_n(address.bytes.begin() + 12, 4, v4.bytes.begin());
  return v4;
}

void append_truncated(Buffer& out, const IpAddress& address) {
  if (address.is_v4) {
    for (std::size_t i = 0; i < 3; ++i) {
      json::append_integer(out, address.bytes[i]);
      out.append('.');
    }
    out.append('0');
    return;
  }
  for (std::size_t i = 0; i < 6; i += 2) {
    char digits[16];
    format_hex(static_cast<std::uint64_t>(address.bytes[i] << 8 | address.bytes[i + 1]), digits);
    std::size_t first = 12;
    while (first < 15 && digits[first] == '0') ++first;
    out.append({digits + first, sizeof digits - first});
    out.append(':');
  }
  out.append(':');
}

std::string_view client_address_of(std::string_view peer, std::string_view forwarded_for,
                                   std::uint32_t trusted_proxies) {
  std::string_view list = forwarded_for, address = peer;
  while (trusted_proxies > 0 && !list.empty()) {
    const std::size_t comma = list.rfind(',');
    const std::string_view entry = ascii::trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
    if (entry.empty()) continue;
    address = entry;
    --trusted_proxies;
  }
  return address;
}

}  // namespace mayday
