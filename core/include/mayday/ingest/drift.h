#pragma once

#include <cstdint>

#include "mayday/base/buffer.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// How far the sender's clock is behind ours, negative where it is ahead; 0 where it is within `drift_ms_max`.
std::int64_t drift_ms(Timestamp sent_at, Timestamp now);

/// Corrects the timestamps of `lines`, events as the sanitizer wrote them, and of their breadcrumbs: each is moved by
/// `drift_ms`, and none stays later than `now`, when it was received (without a drift: than `drift_ms_max` past it). In
/// place, since a timestamp is always written in as many characters. One pass over the lines.
void correct_timestamps(Buffer& lines, std::int64_t drift_ms, Timestamp now);

}  // namespace mayday
