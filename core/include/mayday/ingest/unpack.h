#pragma once

#include <memory>
#include <string_view>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// What a body came to that is not the JSON of this edge's own clients: it is gzip, or OTLP's log records, or both.
struct Unpacked {
  Code code = Code::none;  ///< `invalid_json`, `invalid_payload` or `payload_too_large` where there is no text.
  bool is_otlp = false;    ///< The events of the text were log records.
  std::string_view text;   ///< JSON as clients send it. Void with the next call, and with the body.
};

/// What only such bodies need. It is behind a door of its own, so that a host can have it in a module of its own, which is
/// loaded with the first of them (edge-worker/unpack.cpp).
class Unpacker {
 public:
  struct Options {
    bool is_gzip = false;
    std::string_view environment;  ///< Of log records whose resource tells none.
    Timestamp now;                 ///< Of log records without a time.
  };

  virtual ~Unpacker() = default;

  /// Takes a body of at most `body_bytes_max` bytes, and writes no more than that of what gzip holds. Log records past
  /// `otlp_records_max` are not translated, but each still stands in the text as something, to be counted.
  virtual Unpacked unpack(std::string_view body, const Options& options) = 0;
};

/// Allocates only when a body first asks for it.
std::unique_ptr<Unpacker> make_unpacker();

}  // namespace mayday
