#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Lists of names as one text, each ended by a line feed. An array of views would be twelve bytes more for each of them in a
/// module, and a vector of strings a kilobyte of code.
namespace mayday {

/// Takes the next entry off the list; empty at its end.
std::string_view take_entry(std::string_view& list);

/// Which entry of the list `name` is; `no_entry` where it is none.
std::size_t entry_index(std::string_view list, std::string_view name);
inline constexpr std::size_t no_entry = SIZE_MAX;

}  // namespace mayday
