#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/result.h"
#include "mayday/event/level.h"
#include "mayday/filter/token_bucket.h"
#include "mayday/ingest/inbound_filter.h"

namespace mayday {

/// What the edge is told about its surroundings: the environment variables of SPEC section 9 that concern it.
struct Policy {
  std::string environment = "dev";
  std::string release;
  std::string version;               ///< Mayday's own, for the health page.
  Level level_floor = Level::debug;  ///< LOG_LEVEL. In `prod` never below warn.
  bool is_prod = false;
  std::string hmac_secret;        ///< LOG_INGEST_HMAC_SECRET; empty: signatures are not asked for.
  std::string diagnostic_secret;  ///< LOG_DIAGNOSTIC_SECRET; empty: there is no Diagnostic Mode.
  /// EXTRA_CORS_ORIGINS: a list (base/entries.h), each exact or `https://*.example.com`, lower case.
  std::string origins;
  std::string data_keys;              ///< LOG_DATA_KEYS: what `data` keeps besides, a list. None names a secret.
  bool keeps_client_address = false;  ///< LOG_CLIENT_ADDRESS=truncated.
  InboundFilters filters;             ///< LOG_FILTER_...
  std::uint32_t trusted_proxies = 0;
  TokenBucketOptions rate{.burst = 20, .per_second = 5};
};

/// What is wrong with a configuration, in one line for a person: `LOG_LEVEL must be one of error, warn, info, debug`.
/// Empty where nothing is.
using ConfigProblem = std::string;

/// Reads the policy from `value_of(name)`, which answers nothing for a variable that is not set; an empty value counts
/// as not set. On a problem, `policy` is half filled and not to be used.
ConfigProblem read_policy(const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                          Policy& policy);

}  // namespace mayday
