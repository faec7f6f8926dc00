#include "mayday/base/entries.h"

namespace mayday {

[[gnu::noinline]] std::string_view take_entry(std::string_view& list) {
  std::size_t end = 0;
  while (end < list.size() && list[end] != '\n') ++end;
  const std::string_view entry(list.data(), end);
  list.remove_prefix(end == list.size() ? end : end + 1);
  return entry;
}

[[gnu::noinline]] std::size_t entry_index(std::string_view list, std::string_view name) {
  for (std::size_t index = 0; !list.empty(); ++index) {
    if (take_entry(list) == name) return index;
  }
  return no_entry;
}

}  // namespace mayday
