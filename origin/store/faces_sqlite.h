#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "mayday/base/result.h"
#include "mayday/base/timestamp.h"
#include "origin/store/readers_sqlite.h"
#include "origin/store/user_error.h"

namespace mayday::origin::sqlite {

/// What a fingerprint looked like when it was first seen, of all that is kept.
struct Face {
  std::string message;
  std::string error_type;
  ErrorKind kind = ErrorKind::unknown;
  std::string page;
  std::string action;
  Timestamp first_seen;
};
using Faces = std::unordered_map<std::uint64_t, Face>;

/// Looks from the oldest day on, and stops when each has its face: what is old is found in the first file.
Result<Faces> find_faces(Readers& readers, std::span<const std::uint64_t> fingerprints, std::int64_t deadline_ms);

}  // namespace mayday::origin::sqlite
