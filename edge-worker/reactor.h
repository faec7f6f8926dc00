#pragma once

#include <cstdint>

/// The door between a JavaScript host and the edge module: five exports, bytes both ways, no imports at all.
///
/// A frame is the request as text, then the body as it came:
///
///     POST /v1/logs\n
///     :now: 1795253400000\n            host facts begin with a colon, which no HTTP header can
///     :ip: 203.0.113.7\n
///     :limited: 1\n                    a limiter that the platform's places share has said no
///     :room: 4194304\n                 bytes that the host can still keep for the origin
///     :country: DE\n :colo: FRA\n     where the platform tells them
///     :signed: 1\n                    what the other module (on_demand.cpp) said of the signature
///     :prepared: 0\n :otlp: 1\n :session: ...\n   and of the body, which is its text then
///     :forwarded: 12\n :pending: 3\n :refused: 0\n :replayed: 0\n :stalled: 0\n      for health and metrics (see request.h)
///     content-type: application/json\n the headers that `Request` names; others are passed over
///     \n
///     {"events":[...]}
///
/// Views of the module's memory are void after any call: memory may have grown.
extern "C" {

/// What a call came to, as eight little-endian 32-bit words. Addresses and lengths are in bytes, void with the next call.
struct Reply {
  std::uint32_t status;
  std::uint32_t headers;  ///< `name: value\n` lines.
  std::uint32_t headers_bytes;
  std::uint32_t body;
  std::uint32_t body_bytes;
  std::uint32_t lines;  ///< NDJSON to forward.
  std::uint32_t lines_bytes;
  std::uint32_t events;  ///< Lines in `lines`.
};

/// The address where the next frame of `bytes` is to be written; the same until a larger one is asked for.
std::uint32_t reserve(std::uint32_t bytes);

/// Reads the frame as `NAME=value` lines (SPEC section 9) and one `:seed=` of 64 hex digits, the host's entropy, and
/// begins anew with them. Status 200, or 500 with one line for a person in `body`.
const Reply* configure(std::uint32_t bytes);

/// Answers the request in the frame. Only after a `configure` that succeeded. Status 0 is no answer: the request may pass,
/// and is for the other module first, with what `body` says of it.
const Reply* handle(std::uint32_t bytes);

/// Takes back the acceptance of the last `handle`, whose lines the host failed to keep: answers 503 instead.
const Reply* refuse();

/// Where the host stops reading a body: one byte past the largest that is accepted.
std::uint32_t body_bytes_read_max();
}
