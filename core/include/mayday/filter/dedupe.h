#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mayday/base/buffer.h"
#include "mayday/base/limits.h"
#include "mayday/base/timestamp.h"

namespace mayday {

/// Remembers signatures for a window of time and how often each came again. Bounded by `dedupe_signatures_max`: the
/// oldest makes room, and what it had folded goes out early rather than being lost.
class DedupeWindow {
 public:
  explicit DedupeWindow(std::int64_t window_ms = 30'000);

  /// True if `signature` was seen within the window: it is folded, and counts `times` more. Otherwise it must be
  /// `open`ed. Linear in the few signatures remembered, no allocation.
  bool fold(std::uint64_t signature, Timestamp now, std::uint32_t times = 1);

  /// Starts a window for `signature`; `event` is what goes out once more, with the count, when the window ends. The window
  /// that had to make room, if any, is the next that `take_ended` answers: call it before the next `open`.
  void open(std::uint64_t signature, std::string_view event, Timestamp now);

  /// A window that has ended, or had to make room, and folded something. `event` is void with the next call.
  struct Summary {
    std::string_view event;
    std::uint32_t count = 0;  ///< At least 1; 0 says that there is none.
  };
  /// Takes the next ended window out. `all` ends every window now (the page is left).
  Summary take_ended(Timestamp now, bool all = false);

  /// When the next window that has folded something ends; Timestamp's largest if there is none.
  Timestamp next_end() const;

 private:
  struct Window {
    std::uint64_t signature = 0;
    Timestamp opened;
    std::uint32_t folded = 0;
    bool used = false;
    Buffer event;
  };

  std::int64_t window_ms_;
  std::array<Window, dedupe_signatures_max> windows_;
  Window evicted_;
};

}  // namespace mayday
