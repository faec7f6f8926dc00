#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "mayday/ingest/figures.h"

namespace mayday {

/// What a request needs done before it can be answered. Whatever is empty is not asked for.
struct Errand {
  /// LOG_INGEST_HMAC_SECRET. Where it is set, all that is asked is whether `signature`, in hex, is the body's by it:
  /// `bad_signature` or `none`.
  std::string_view signing_key;
  std::string_view signature;
  std::string_view body;         ///< Of at most `body_bytes_max` bytes: as clients send JSON, or OTLP's log records,
  bool is_gzip = false;          ///< or either of them packed.
  std::string_view environment;  ///< Of log records whose resource tells none.
  Timestamp now;                 ///< Of log records without a time, and of the token.
  std::string_view cookies;      ///< The Cookie header, in which a diagnostic token may be,
  std::string_view secret;       ///< and what it is signed with.
  Page page = Page::none;
  Figures figures;           ///< What is told on the page,
  std::string_view version;  ///< and of which Mayday.
};

/// What an errand came to. Its texts are void with the next one, and with the errand's own.
struct Prepared {
  /// `bad_signature`, `invalid_json`, `invalid_payload` or `payload_too_large` where there is no text.
  Code code = Code::none;
  bool is_otlp = false;  ///< The events of the text were log records.
  /// JSON as clients send it, or the page. No more than `body_bytes_max` bytes of what gzip holds.
  std::string_view text;
  /// The session whose every event passes (see diagnostic.h), escaped as in JSON; empty where there is none.
  std::string_view session;
};

/// What few requests need: bodies that are gzip or OTLP, signatures, Diagnostic Mode, the pages that tell figures. It is
/// behind a door of its own, so that a host can have it in a module of its own, which is loaded with the first of them
/// (edge-worker/on_demand.cpp).
class OnDemand {
 public:
  virtual ~OnDemand() = default;

  /// Log records past `otlp_records_max` are not translated, but each still stands in the text as something, to be counted.
  virtual Prepared prepare(const Errand& errand) = 0;
};

/// Allocates only when an errand first asks for it.
std::unique_ptr<OnDemand> make_on_demand();

}  // namespace mayday
