#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"

/// A user's error (SPEC section 7) and an event are two spellings of one thing: what is tracked becomes an event with tags, as
/// npm's mayday/recovery sends it, and any event that is an error can be told as a user's error.
namespace mayday::origin {

/// What a tracked error needs besides what its sender says.
struct TrackContext {
  std::string event_id;
  std::string user_id;  ///< Hashed; empty: nobody's.
  std::string environment;
  std::string release;
  Timestamp now;
};

/// The event's JSON, not yet sanitized: it goes through the same `Ingest` as any other. `problem` names the member that can't
/// be used; nothing is answered then. Required are `error.message` and, where they are there, known values of `error.type`
/// and `impact.severity`.
std::string to_event(const nlohmann::json& tracked, const TrackContext& context, std::string_view& problem);

/// An event as a user's error: id, userId, sessionId, timestamp, error, context, impact, recovery, fingerprint.
nlohmann::json to_user_error(const nlohmann::json& event);

}  // namespace mayday::origin
