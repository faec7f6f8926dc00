#pragma once

#include <optional>
#include <string_view>

namespace mayday {

/// The trace id of a `traceparent` header (W3C Trace Context level 1, section 3.2), or nothing where the header is not
/// valid: 32 lower-case hex digits, not all zero; version ff never, a version past 00 may have more behind a dash.
std::optional<std::string_view> trace_id_of(std::string_view traceparent);

/// True for 1 to 128 of [A-Za-z0-9._-].
bool is_sane_request_id(std::string_view id);

}  // namespace mayday
