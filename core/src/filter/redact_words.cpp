#include "redact_words.h"

#include "mayday/base/bytes.h"
#include "pattern.h"

namespace mayday::redaction {

[[gnu::noinline]] Words::Words(std::string_view text) {
  if (text.size() > bytes_max) text.remove_prefix(text.size() - bytes_max);
  text_[size_++] = ' ';
  char previous = ' ';
  for (char c : text) {
    const bool hump = is_upper(c) && is_lower(previous);
    if ((hump || !is_word(c)) && text_[size_ - 1] != ' ') text_[size_++] = ' ';
    if (is_word(c)) text_[size_++] = lower(c);
    previous = c;
  }
  if (text_[size_ - 1] != ' ') text_[size_++] = ' ';
}

std::string_view Words::last() const {
  if (empty()) return {};
  std::size_t start = size_ - 2;
  while (text_[start] != ' ') --start;
  return view().substr(start);
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

[[gnu::noinline]] Words words_before(const Matcher& text, std::size_t end) {
  std::size_t begin = end;
  while (begin > text.floor && end - begin < Words::bytes_max &&
         is(text.text[begin - 1], alnum_class | between_class | past_ascii_class)) {
    --begin;
  }
  return Words(text.piece(begin, end));
}

bool is_about(Words words, std::string_view list) {
  constexpr std::string_view fillers = " number numbers no nr num id is was at to on me us s your my the of value app ";
  while (words.last_is_in(fillers)) words.drop_last();
  return words.last_is_in(list);
}

}  // namespace mayday::redaction
