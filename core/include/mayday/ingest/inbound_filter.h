#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mayday {

/// What is not a team's own failure (SPEC section 4.4). Spelled by `to_string` in metrics and in `filtered:<name>`.
enum class Filter : std::uint8_t {
  extensions,  ///< Thrown by a browser extension: its file stands in the stack's first frame.
  crawlers,    ///< Sent by a machine, by its User-Agent.
  localhost,   ///< Sent by a page of this machine, by its Origin.
  noise,       ///< One of the messages that no team can do anything about: `ResizeObserver loop`, `Script error.`.
  patterns,    ///< A message that fits one of the team's own patterns.
};
inline constexpr std::size_t filter_kinds = 5;

inline constexpr std::string_view filter_names = "extensions\ncrawlers\nlocalhost\nnoise\npatterns\n";
std::string_view to_string(Filter filter);

enum class FilterAction : std::uint8_t {
  off,
  count,  ///< Passes, and is counted: what dropping would save.
  drop,   ///< Refused as `filtered:<name>`, and counted.
};

struct InboundFilters {
  /// By `Filter`. Nothing is dropped that nobody asked to drop.
  std::array<FilterAction, filter_kinds> actions{FilterAction::count, FilterAction::count, FilterAction::off,
                                                 FilterAction::count, FilterAction::drop};
  /// A list (base/entries.h); lower case, escaped as in JSON. `*` stands for any run of characters.
  std::string patterns;
};

/// True if the first URL in `stack`, a JSON array of lines, is of an extension.
bool is_extension_stack(std::string_view stack);

/// True for a browser's or an injected script's message of the short list that everybody filters, with or without the
/// error's type before it.
bool is_noise(std::string_view message);

/// True for an `Origin` on localhost, 127.0.0.0/8 or ::1, any port.
bool is_local_origin(std::string_view origin);

/// True if `pattern`, which is in lower case, fits the whole of `text` in any case. Linear in their product, and both are
/// bounded.
bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace mayday
