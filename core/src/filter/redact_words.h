#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace mayday::redaction {

class Matcher;

/// Words of a text in lower case, with one space before, between and behind them: ` api key `. camelCase, snake_case and
/// kebab-case are words too. A list of words is spelled the same way, so that a word with its spaces is searched in it.
class Words {
 public:
  static constexpr std::size_t bytes_max = 48;  ///< Of the text; more is not asked.

  explicit Words(std::string_view text);

  std::string_view view() const { return {text_.data(), size_}; }
  bool empty() const { return size_ <= 1; }
  /// The last word with its spaces; empty if there is none.
  std::string_view last() const;
  void drop_last() { size_ -= empty() ? 0 : last().size() - 1; }
  bool last_is_in(std::string_view list) const;
  /// True if one of them is in `list`.
  bool any_in(std::string_view list) const;

 private:
  std::array<char, 2 * bytes_max + 2> text_;
  std::size_t size_ = 0;
};

/// The words right before `end`, on its line, as far as nothing but what stands between a name and its value is between.
Words words_before(const Matcher& text, std::size_t end);

/// True if the words say that a number is one of `list`: `order number is` speaks of an ` order `.
bool is_about(Words words, std::string_view list);

}  // namespace mayday::redaction
