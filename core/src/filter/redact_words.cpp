#include "mayday/base/bytes.h"
#include "redact_rules.h"

namespace mayday::redaction {
[[gnu::noinline]] bool Text::has(std::size_t i, std::string_view part) const {
  return i <= size() && bytes.substr(i).starts_with(part);
}

[[gnu::noinline]] bool has_word(const Text& text, std::size_t at, std::string_view word) {
  if (at + word.size() > text.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text.bytes[at + i]) != word[i]) return false;
  }
  return true;
}

[[gnu::noinline]] Words::Words(std::string_view text) {
  if (text.size() > bytes_max) text.remove_prefix(text.size() - bytes_max);
  text_[size_++] = ' ';
  char previous = ' ';
  for (char c : text) {
    const bool hump = is_upper(c) && is_lower(previous);
    if ((hump || !is_alnum(c)) && text_[size_ - 1] != ' ') text_[size_++] = ' ';
    if (is_alnum(c)) text_[size_++] = lower(c);
    previous = c;
  }
  if (text_[size_ - 1] != ' ') text_[size_++] = ' ';
}

std::string_view Words::last() const {
  if (empty()) return {};
  return view().substr(view().rfind(' ', size_ - 2));
}

/// By the word's first letter: the space before it, which every word of the list has, would be found at every word.
[[gnu::noinline]] bool Words::last_is_in(std::string_view list) const {
  if (empty()) return false;
  const std::string_view word = last();
  const char* end = list.data() + list.size();
  for (const char* at = list.data() + 1; static_cast<std::size_t>(end - at) + 1 >= word.size(); ++at) {
    at = bytes::find(at, end, end, word[1]);
    if (static_cast<std::size_t>(end - at) + 1 < word.size()) return false;
    if (bytes::equal(at - 1, word.data(), word.size())) return true;
  }
  return false;
}

bool Words::any_in(std::string_view list) const {
  for (Words rest = *this; !rest.empty(); rest.drop_last()) {
    if (rest.last_is_in(list)) return true;
  }
  return false;
}

[[gnu::noinline]] Words words_before(const Text& text, std::size_t end) {
  std::size_t begin = end;
  while (begin > text.floor && end - begin < Words::bytes_max &&
         is(text.bytes[begin - 1], alnum_class | between_class)) {
    --begin;
  }
  return Words(text.piece(begin, end));
}

}  // namespace mayday::redaction
