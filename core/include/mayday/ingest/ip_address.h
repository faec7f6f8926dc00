#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"

namespace mayday {

/// An IP address. An IPv4 address that is mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< In network order; four of them for IPv4.
  bool is_v4 = false;

  bool operator==(const IpAddress&) const = default;

  /// What one household or one server is given: an IPv4 address, or the first 64 bits of an IPv6 address.
  std::string_view network() const;
};

/// Reads an address as proxies spell it: also with brackets, a port, a zone. Nothing for anything else.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// Writes the address without what tells a person: `192.0.2.0` (/24), `2001:db8:1::` (/48).
void append_truncated(Buffer& out, const IpAddress& address);

/// Who sent the request: the peer, or, behind `trusted_proxies` of them, the one that the outermost of these was called
/// from: `forwarded_for` (X-Forwarded-For) is counted from the right, empty entries left out. Where it has fewer entries
/// than proxies are trusted, the leftmost.
std::string_view client_address_of(std::string_view peer, std::string_view forwarded_for,
                                   std::uint32_t trusted_proxies);

}  // namespace mayday
