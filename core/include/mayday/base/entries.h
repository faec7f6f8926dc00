#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Lists of names as one text, each ended by a line feed. An array of views would be twelve bytes more for each of them in a
/// module, and a vector of strings a kilobyte of code.
namespace mayday {

/// Takes what stands before the next `separator` off the text, and the separator with it; all of it where there is none.
std::string_view take_until(std::string_view& text, char separator);

/// Takes the next entry off the list; empty at its end.
inline std::string_view take_entry(std::string_view& list) { return take_until(list, '\n'); }

/// The entry at `index`; empty behind the end.
std::string_view entry_at(std::string_view list, std::size_t index);

/// Which entry of the list `name` is; `no_entry` where it is none.
std::size_t entry_index(std::string_view list, std::string_view name);
inline constexpr std::size_t no_entry = SIZE_MAX;

}  // namespace mayday
