#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "mayday/base/assert.h"

namespace mayday {

/// Why something was refused. Spelled on the wire by `to_string`; appended to, never renumbered.
enum class Code : std::uint8_t {
  none = 0,
  invalid_json = 1,             ///< Not one JSON text by RFC 8259, or nested deeper than `json_depth_max`.
  invalid_payload = 2,          ///< JSON, but not an event, an array of events or an envelope.
  level_not_allowed = 3,        ///< Every event's level is below what this environment lets through.
  missing_signature = 4,        ///< A secret is configured and the request carries no signature.
  bad_signature = 5,            ///< The signature does not fit the raw body.
  origin_not_allowed = 6,       ///< The page's origin is neither this host nor listed.
  not_found = 7,                ///< No such path.
  method_not_allowed = 8,       ///< The path exists, the method does not.
  payload_too_large = 9,        ///< More than `body_bytes_max` bytes or `batch_events_max` events.
  unsupported_media_type = 10,  ///< Neither application/json nor text/plain, or an unknown encoding.
  rate_limited = 11,            ///< This client address has used up its tokens.
  origin_unavailable = 12,      ///< Nothing could be kept: the origin is down and the waiting room is full.
  internal_error = 13,          ///< A bug. The details are in the server's own log.
  unauthorized = 14,            ///< The bearer token is missing or wrong.
  bad_config = 15,              ///< A configuration value can't be used.
  storage_failed = 16,          ///< The store refused: see the server's own log.
  disk_full = 17,               ///< Too little free disk to accept more.
  filtered = 19,                ///< An inbound filter is set to drop this event.
  origin_refused = 20,          ///< Accepted, and then refused for good by the receiver behind the edge.
};

/// All of them as a list (base/entries.h), by number; 18 is none.
inline constexpr std::string_view code_names =
    "none\ninvalid_json\ninvalid_payload\nlevel_not_allowed\nmissing_signature\nbad_signature\n"
    "origin_not_allowed\nnot_found\nmethod_not_allowed\npayload_too_large\nunsupported_media_type\n"
    "rate_limited\norigin_unavailable\ninternal_error\nunauthorized\nbad_config\nstorage_failed\n"
    "disk_full\n\nfiltered\norigin_refused\n";

/// The wire's spelling, e.g. `invalid_json`.
std::string_view to_string(Code code);

/// A code and a place (a byte offset, an index, a line; the function that returns it says which).
/// Carries no text and none of the user's data.
struct Error {
  Code code = Code::none;
  std::uint32_t at = 0;
};

/// A value, or why there is none. Spelled like `std::expected`, which two of three compilers lack.
/// Ask before reading: `*r` on an error stops the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(error) { MAYDAY_ASSERT(error.code != Code::none); }

  explicit operator bool() const { return error_.code == Code::none; }
  T& operator*() { return MAYDAY_ASSERT(*this), value_; }
  const T& operator*() const { return MAYDAY_ASSERT(*this), value_; }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  Error error() const { return MAYDAY_ASSERT(!*this), error_; }

 private:
  T value_{};
  Error error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(error) { MAYDAY_ASSERT(error.code != Code::none); }

  explicit operator bool() const { return error_.code == Code::none; }
  Error error() const { return MAYDAY_ASSERT(!*this), error_; }

 private:
  Error error_;
};

}  // namespace mayday
