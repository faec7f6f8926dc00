#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"

namespace mayday {

struct Prepared;

/// One HTTP request as the core sees it: the few headers that are read, empty where absent, and what the host knows.
/// Everything is borrowed for the length of one `admit`.
struct Request {
  std::string_view method;
  std::string_view target;  ///< Path and query, as on the request line.
  std::string_view body;    ///< Raw, at most `body_bytes_max` + 1 bytes: the host stops reading there.

  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view host;
  std::string_view origin;
  std::string_view signature;   ///< x-log-signature
  std::string_view request_id;  ///< x-request-id
  std::string_view traceparent;
  std::string_view user_agent;
  std::string_view forwarded_for;
  std::string_view cookie;

  /// Told by the host, never by the client.
  std::string_view client_address;  ///< The peer's address as text.
  std::string_view country;         ///< ISO 3166-1 alpha-2, where the platform tells it.
  std::string_view colo;            ///< The platform's name of its own place, such as `FRA`.
  bool is_limited = false;          ///< A limiter that the platform's places share has said no.
  Timestamp now;
  std::size_t room_bytes = SIZE_MAX;  ///< What the host can still keep for the origin.
  /// The host has run the errand that asked whether `signature` is the body's, and this is the answer.
  std::optional<bool> is_signed;
  /// The host has run the errand that an answer of status 0 asked for since: `body` is the text that it came to, and
  /// this the rest.
  const Prepared* prepared = nullptr;
  // For the pages that tell figures:
  std::uint64_t forwarded = 0;  ///< Events the origin has taken,
  std::uint64_t pending = 0;    ///< that wait for it,
  std::uint64_t refused = 0;    ///< that it refused for good after they had been accepted here,
  std::uint64_t replayed = 0;   ///< that were accepted before this `Ingest` began, and found again;
  std::int64_t stalled_ms = 0;  ///< and for how long it has taken none while some wait.

  /// Sets the header of that lower-case name, if it is one that is read.
  void set_header(std::string_view name, std::string_view value);
};

/// True for `wanted`, in any case and with any parameters: a media type, or a content coding.
bool is_type(std::string_view value, std::string_view wanted);

bool is_gzip(std::string_view content_encoding);

}  // namespace mayday
