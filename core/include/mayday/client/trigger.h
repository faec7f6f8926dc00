#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mayday/base/timestamp.h"

namespace mayday {

/// Between two openings that nobody asked for.
inline constexpr std::int64_t trigger_pause_ms = 60'000;

/// Errors that a session remembers. Beyond it the oldest is forgotten: at one a minute, after half an hour.
inline constexpr std::size_t trigger_errors_max = 32;

/// Whether the support widget opens by itself for an error that an action met: not within a minute of the last time, not
/// twice for the same error in a session, and not where a fact forbids it. Constant memory, no allocation.
class Trigger {
 public:
  /// `facts` is what the page knows, in words between spaces: the error's type, its code, an HTTP status, and `noise`, `open`
  /// or `muted` where it is so. Forbidding are those of cancelled requests and of expected validation errors, and these three.
  /// `error` is any text that is equal for equal errors; digits in it are passed over. Answers a name for the error, which is not
  /// 0, where the widget should open, and else 0.
  std::uint32_t opens(std::string_view facts, std::string_view error, Timestamp now);

  /// The session opened the widget at `at` for the error of this name, which was an answer of `opens`, maybe on an earlier page.
  void remember(std::uint32_t name, Timestamp at);

 private:
  std::array<std::uint32_t, trigger_errors_max> names_{};  ///< A ring; 0 where there is none.
  std::size_t opened_ = 0;                                 ///< Openings so far.
  Timestamp last_{};                                       ///< Of the last of them, if there was any.
};

}  // namespace mayday
