#include "redact_value.h"

#include <algorithm>

#include "redact_names.h"
#include "redact_words.h"

namespace mayday::redaction {
namespace {

/// What stands behind a secret's name and is none, as a first or only word: types, literals, and what a form complains of.
constexpr std::string_view harmless_words =
    " null undefined nil none true false nan string str number int boolean bool integer object array function any "
    "unknown "
    "never void bytes text required optional missing invalid empty expired revoked is was are must should cannot can "
    "could "
    "will would may does did do too has have had not no incorrect wrong mismatch changed updated reset failed failure "
    "denied "
    "rejected error errors field fields header headers value values redacted filtered hidden removed masked omitted "
    "present "
    "absent valid this that these please your the a an enter at be been in of on or and for to from with by if when "
    "success "
    "ok sent done min minimum max maximum length requires needs contains only flag option used new old then default "
    "yes on "
    "off set unset blocked disabled enabled await typeof include omit same read char byte data varchar self ";

constexpr auto& encoded_quote = pattern<"(\\%2[27]|\\&quot;|\\&\\#39;)">;

/// A placeholder of a query, a template or a shell: `$1`, `${TOKEN}`, `:name`, `%s`, `{0}`; or a mask.
constexpr auto& placeholder = pattern<"[[{(<*]|$([{(]|D{1,2}!O)|\\%(O{0,2}!O|\\()|[:@?#$](L|[_{}])*!O|\\#X{3,8}!O">;
/// Code that gets a secret from elsewhere, `process.env.TOKEN`, `request.POST["password"]`; and types, `&str`, `Option<String>`.
constexpr auto& code_value = pattern<
    "(process.env|import.meta|os.environ|req(uest)?|params|self|this|ctx|context|config|settings|props|state|env|argv|"
    "args|opts|options|secrets|$_L+)((\\??.(L|_)+)+!V|(.(L|_)+)*\\[)|\\&(mut|str(ing)?|HL*)!W|"
    "HL*\\<(H|str|u8|dyn|\\&|any|num)|((L|_)K*.){0,6}(L|_)K*\\[(Q|D|:)">;
constexpr auto& member = pattern<"((L|_)K*\\??.){1,6}(L|_)K*!O">;
/// Words without spaces between them. Nobody types a password in them. A bracket may be around one.
constexpr auto& ideographs = pattern<"(!(\xe3\x80)[\xe3-\xed]|[\xe3-\xed]P*!O)">;
constexpr auto& call = pattern<"(K|[.:$]|->)*\\(">;
/// Digits and colons only: `token:12:5` is a place in a file.
constexpr auto& position = pattern<"D+(:D*)+!O|:+D+!O">;
constexpr auto& letters_only = pattern<"(L|P|[-.'!?:])*!O">;
bool is_harmless_word(std::string_view word) {
  return !word.empty() && word.size() < 16 && Words(word).any_in(harmless_words);
}

std::string_view letters_of(std::string_view value) {
  std::size_t letters = 0;
  while (letters < value.size() && is_alpha(value[letters])) ++letters;
  return value.substr(0, letters);
}

/// True if the clause ends behind `end`: what stood there was all there is.
bool ends_clause(const Matcher& text, std::size_t end) {
  const char c = text.at(end);
  return c == '\0' || (is(c, value_end_class) && c != ' ' && c != '\t' && c != ')' && c != ']' && c != '<' && c != '>');
}

/// `user.password`: the name of its place.
bool is_code(const Matcher& text, const Value& value) {
  if (Matcher(text.text).match(code_value.data(), value.begin)) return true;
  const std::string_view bytes = text.piece(value.begin, value.end);
  const std::string_view last = bytes.substr(bytes.rfind('.') + 1);
  return holds(bytes, member.data()) && last.size() > 3 && kind_of(last) != no_name;
}

}  // namespace

[[gnu::noinline]] bool contains(std::string_view piece, std::string_view part) {
  return Matcher(piece).find(part, 0) < piece.size();
}

[[gnu::noinline]] bool holds(std::string_view piece, const std::uint8_t* pattern) {
  return Matcher(piece).match(pattern, 0);
}

bool is_long(std::string_view value) { return has_digit(value) && holds(value, pattern<"A{12}">.data()); }

bool has_digit(std::string_view value) { return std::any_of(value.begin(), value.end(), is_digit); }

/// Quotes in JSON in a string are escaped once, in JSON in JSON three times: those of the value itself have more backslashes than
/// its own.
bool read_quoted(const Matcher& text, Value& value) {
  std::size_t at = value.begin;
  while (text.at(at) == '\\') ++at;
  const std::size_t level = at - value.begin;
  Matcher quotes(text.text);
  if (quotes.match(encoded_quote.data(), at)) {
    value.begin = quotes.end;
    value.end = text.find(quotes.piece(at, quotes.end), value.begin);
    return true;
  }
  const char quote = text.at(at);
  if (!is_quote(quote)) return false;
  value.begin = ++at;
  for (std::size_t run = 0; at < text.text.size(); ++at) {
    if (text.text[at] == '\\') {
      ++run;
      continue;
    }
    if (text.text[at] == quote && (level == 0 ? run % 2 == 0 : run <= level)) {
      value.end = at - (level == 0 ? 0 : run);
      return true;
    }
    run = 0;
  }
  value.end = text.text.size();
  return true;
}

bool is_harmless(const Matcher& text, const Value& value, std::uint8_t name, char separator) {
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (bytes.empty() || holds(bytes, mark.data())) return true;
  if (holds(bytes, mask.data()) || holds(bytes, ideographs.data())) return true;
  if (!value.quoted && holds(bytes, placeholder.data())) return true;
  if (is_code(text, value)) return true;
  if (bytes.size() > prose_bytes_max) return false;
  if (holds(bytes, signs_only.data())) return true;
  const std::string_view letters = letters_of(bytes);
  const bool word = holds(bytes, letters_only.data());
  const char behind = letters.size() < bytes.size() ? bytes[letters.size()] : '\0';
  // `password=value-of-words` is no sentence.
  const bool joined = separator == '=' && !value.spaced;
  const bool one_word = behind == '\0' || behind == '(' || behind == '[' || behind == '|' ||
                        (word && !joined && (!value.quoted || behind == '-'));
  if ((one_word || (value.quoted && (behind == ' ' || behind == '\''))) && is_harmless_word(letters)) return true;
  const std::size_t digits_min = name == password_name ? 4 : name == code_name ? 3 : 6;
  if (bytes.size() < digits_min && holds(bytes, digits_only.data())) return true;
  if (value.quoted) return false;
  if ((value.code && (bytes.size() < 20 || !is_long(bytes))) || holds(bytes, call.data())) return true;
  if (name == code_name) return !is_digit(bytes[0]) || bytes.size() > 8;
  if (separator == ':' && !value.spaced && holds(bytes, position.data())) return true;
  // `Failed to parse private key: asn1 structure error`.
  if (separator == ':' && value.spaced && name == token_name && bytes.size() < 6 && !ends_clause(text, value.end))
    return true;
  if (!value.spaced || !word) return false;
  if (separator == '=') return contains(bytes, ".") || text.at(value.end) == ';';
  return name != password_name || !ends_clause(text, value.end);
}

bool is_header_value(std::string_view value) {
  value = value.substr(0, 2 * prose_bytes_max);
  if (value.empty() || value.starts_with('[') || value.starts_with('{') || value.starts_with('<')) return false;
  if (holds(value, mask.data())) return false;
  const std::string_view letters = letters_of(value);
  if (is_harmless_word(letters) && (letters.size() == value.size() || value[letters.size()] != '=')) return false;
  std::size_t run = 0;
  for (char c : value) {
    run = c == ' ' ? 0 : run + 1;
    if (c == '=' || is_digit(c) || run >= 16) return true;
  }
  return !contains(value, " ") && letters.size() < value.size();
}

char separator_at(const Matcher& text, std::size_t at) {
  if (text.at(at) != '\xef') return text.at(at);
  return text.has(at, "：") ? ':' : text.has(at, "＝") ? '=' : '\0';
}

Value value_after(const Matcher& text, std::size_t at, std::size_t width) {
  Value value;
  const char separator = separator_at(text, at);
  const bool wide = text.at(at) == '\xef';
  std::size_t begin = at + width;
  if (separator == ':' && (text.at(begin) == '=' || text.at(begin) == ':')) ++begin;
  while (separator == '=' && (text.at(begin) == '=' || text.at(begin) == '>')) ++begin, value.code = true;
  const std::size_t gap = begin;
  while ((text.at(begin) == ' ' || text.at(begin) == '\t') && begin - gap < 8) ++begin;
  value.spaced = begin > gap;
  if (text.at(begin) == '[' && (is_quote(text.at(begin + 1)) || text.at(begin + 1) == '\\')) ++begin;
  // A literal's prefix: SQL's `N'x'`, Python's `b"x"`.
  constexpr auto& prefix = pattern<"[NEBRUFnebruf]Q">;
  if (holds(text.text.substr(begin), prefix.data())) ++begin;
  // PHP's var_dump, options in Rust and Swift, SQL's functions, YAML's blocks, tags and anchors.
  constexpr auto& wrapper = pattern<"((string\\(D+\\) |(some|optional|password|md5|crypt)\\()&Q|[|>][-+]?S+|[&!]Y+ )>">;
  if (Matcher wrapped(text.text); wrapped.match(wrapper.data(), begin)) begin = wrapped.end;
  // A quote of print, with a space behind it in French.
  constexpr auto& printed = pattern<"(«|“|„|「)((\xc2\xa0)|S)?">;
  if (Matcher quote(text.text); is(text.at(begin), past_ascii_class) && quote.match(printed.data(), begin))
    begin = quote.end;
  value.begin = begin;
  value.quoted = read_quoted(text, value);
  if (value.quoted) return value;
  for (value.end = begin; value.end < text.text.size() && !is(text.text[value.end], value_end_class); ++value.end) {
    if (text.text[value.end] == '&' && separator != ':') break;
    if (wide && is(text.text[value.end], past_ascii_class) && !is(text.text[begin], past_ascii_class)) break;
    if (separator == '%' && text.has(value.end, "%26")) break;
    if (value.end == begin + prose_bytes_max && holds(text.text.substr(begin, prose_bytes_max), placeholder.data()))
      break;
  }
  return value;
}

}  // namespace mayday::redaction
