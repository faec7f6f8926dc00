#include "mayday/base/entries.h"

namespace mayday {

[[gnu::noinline]] std::string_view take_until(std::string_view& text, char separator) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != separator) ++end;
  const std::string_view taken(text.data(), end);
  text.remove_prefix(end == text.size() ? end : end + 1);
  return taken;
}

[[gnu::noinline]] std::string_view entry_at(std::string_view list, std::size_t index) {
  for (; index > 0; --index) take_entry(list);
  return take_entry(list);
}

[[gnu::noinline]] std::size_t entry_index(std::string_view list, std::string_view name) {
  for (std::size_t index = 0; !list.empty(); ++index) {
    if (take_entry(list) == name) return index;
  }
  return no_entry;
}

}  // namespace mayday
