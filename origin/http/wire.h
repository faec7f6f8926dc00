#pragma once

#include <string>

#include "origin/http/message.h"

namespace mayday::origin::http {

/// How long a connection may take to send a request, or to take an answer.
inline constexpr int slow_client_ms_max = 30'000;

/// A request's header. More is answered 431.
inline constexpr std::uint32_t header_bytes_max = 16 * 1024;

/// Connections of the whole process; one more is closed at once.
inline constexpr std::size_t connections_max = 4'096;

/// An event stream that has nothing to tell says so, or proxies end it.
inline constexpr int heartbeat_ms = 15'000;

/// The status line and header of an answer, with its length, identifiers and what every answer carries.
std::string format_head(const Request& request, const Response& response, bool keep_alive);

/// Cuts `request.target` into path and query.
void split_target(Request& request);

}  // namespace mayday::origin::http
