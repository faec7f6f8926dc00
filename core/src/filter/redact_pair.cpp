#include "redact_rules.h"

namespace mayday::redaction {
namespace {

/// What a name says of its value.
enum class Name : std::uint8_t {
  none,
  password,  ///< Any word may be one.
  token,     ///< A made-up value: has a digit, or stands in quotes.
  code,      ///< A short number: `pin`, `otp`, `cvv`.
  header,    ///< `Authorization`, `Cookie`: everything to the end of the line.
};

constexpr std::size_t prose_bytes_max = 64;  ///< A value that is longer is none of the words below.

/// A name whose last word is one of these speaks about a secret: `token_count`, `password.js`, `cookieConsent`.
constexpr std::string_view about_words =
    " count counts length len size limit max min type types url uri endpoint path file files expires expiry expiration "
    "ttl "
    "age policy required enabled disabled valid invalid index position status state error errors field input reset "
    "hint "
    "label consent domain version kind format usage budget missing mismatch expired name names manager service "
    "provider "
    "handler middleware controller module component page form view screen dialog test spec helper util utils store "
    "storage "
    "event changed at by on since until date time created updated regex pattern rule rules strength attempts js mjs ts "
    "jsx tsx py java go cs php rb vue html css ";

constexpr std::string_view password_endings[] = {"password", "passwd",   "pwd",   "passphrase", "passcode", "secret",
                                                 "passwort", "kennwort", "senha", "wachtwoord", "hasło"};
constexpr std::string_view token_endings[] = {"token", "credential", "csrf", "xsrf"};
constexpr std::string_view header_endings[] = {"authorization", "cookie"};
/// Of a name without its separators.
constexpr std::string_view compounds[] = {"apikey",     "accesskey",     "privatekey",
                                          "signingkey", "encryptionkey", "accountkey",
                                          "sessionid",  "sessid",        "sharedaccesssignature"};
constexpr std::string_view password_words = " pass pw passe psk ";
constexpr std::string_view token_words = " auth sid jwt sig ";
constexpr std::string_view code_words = " otp pin cvv cvc ";

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
    "off set unset blocked disabled enabled include omit same read ";

bool ends_in(std::string_view word, const std::string_view* endings, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (word.ends_with(endings[i])) return true;
  }
  return false;
}

template <std::size_t N>
bool ends_in(std::string_view word, const std::string_view (&endings)[N]) {
  return ends_in(word, endings, N);
}

/// What the words of a name say, whatever its last word makes of it.
Name kind_of_words(Words words) {
  if (words.empty()) return Name::none;
  if (words.last_is_in(password_words)) return Name::password;
  if (words.last_is_in(token_words)) return Name::token;
  if (words.last_is_in(code_words)) return Name::code;
  if (words.last_is_in(" code ")) {
    words.drop_last();
    return words.last_is_in(" pin security verification confirmation login access otp ") ? Name::code : Name::none;
  }
  std::array<char, 2 * Words::bytes_max> squeezed;
  std::size_t size = 0;
  for (char c : words.view()) {
    if (c != ' ') squeezed[size++] = c;
  }
  for (; !words.empty(); words.drop_last()) {
    std::string_view word = words.last().substr(1, words.last().size() - 2);
    if (word.ends_with('s')) word.remove_suffix(1);
    if (ends_in(word, header_endings)) return Name::header;
    if (ends_in(word, password_endings)) return Name::password;
    if (ends_in(word, token_endings)) return Name::token;
  }
  for (std::string_view compound : compounds) {
    if (std::string_view(squeezed.data(), size).find(compound) != std::string_view::npos) return Name::token;
  }
  return Name::none;
}

Name kind_of(std::string_view name) {
  const Words words(name);
  const Name kind = kind_of_words(words);
  // .NET prints `PublicKeyToken` of every assembly.
  const bool about = kind != Name::none && (words.last_is_in(about_words) || name == "PublicKeyToken");
  return about ? Name::none : kind;
}

/// A quote, percent-encoded or as HTML's entity.
constexpr std::string_view quote_spellings[] = {"%22", "%27", "&quot;", "&#39;"};

struct NameRange {
  std::size_t begin = 0, end = 0;
};

/// The name that ends before the separator at `at`: spaces, quotes, backslashes and an index's bracket between them are
/// passed over.
NameRange name_before(const Text& text, std::size_t at) {
  std::size_t end = at;
  bool index = false;
  while (end > text.floor && at - end < 8) {
    const char c = text.bytes[end - 1];
    std::size_t width = c == ' ' || c == '\t' || is_quote(c) || c == '\\' ? 1 : 0;
    if (c == ']' && !index) index = true, width = 1;
    for (std::string_view quote : quote_spellings) {
      if (quote.back() == c && end >= text.floor + quote.size() && text.has(end - quote.size(), quote))
        width = quote.size();
    }
    if (width == 0) break;
    end -= width;
  }
  std::size_t begin = end;
  const auto take_word = [&] {
    while (begin > text.floor && end - begin < Words::bytes_max && is_name(text.bytes[begin - 1])) --begin;
  };
  take_word();
  // `api key`, `session id`, `security code`; `the password is:`.
  const std::string_view word = text.piece(begin, end);
  if ((word == "is" || word == "was") && text.before(begin) == ' ') end = --begin, take_word();
  const std::string_view last = text.piece(begin, end);
  if (last.size() <= 4 && Words(last).last_is_in(" key id code ") && text.before(begin) == ' ') --begin, take_word();
  // Our own marks end in a bracket too.
  const bool indexed = text.before(begin) == '[' || is_quote(text.before(begin));
  return index && !indexed ? NameRange{} : NameRange{begin, end};
}

constexpr bool ends_value(char c) { return is(c, value_end_class); }

/// A value: where it is, and what is around it.
struct Value {
  std::size_t begin = 0, end = 0;
  bool spaced = false;  ///< A space stands before it.
  bool quoted = false;
  bool code = false;  ///< Behind `==` or `=>`: a literal or nothing of ours.
};

/// Reads backslashes and a quote at `value.begin`, then what is between it and its like. Quotes in JSON in a string are
/// escaped once, in JSON in JSON three times: those of the value itself have more backslashes than its own.
bool read_quoted(const Text& text, Value& value) {
  std::size_t at = value.begin;
  while (text.at(at) == '\\') ++at;
  const std::size_t level = at - value.begin;
  for (std::string_view quote : quote_spellings) {
    if (!text.has(at, quote)) continue;
    value.begin = at + quote.size();
    const std::size_t end = text.bytes.find(quote, value.begin);
    value.end = end == std::string_view::npos ? text.size() : end;
    return true;
  }
  const char quote = text.at(at);
  if (!is_quote(quote)) return false;
  value.begin = ++at;
  for (std::size_t run = 0; at < text.size(); ++at) {
    if (text.bytes[at] == '\\') {
      ++run;
      continue;
    }
    if (text.bytes[at] == quote && (level == 0 ? run % 2 == 0 : run <= level)) {
      value.end = at - (level == 0 ? 0 : run);
      return true;
    }
    run = 0;
  }
  value.end = text.size();
  return true;
}

/// Digits and colons only: `token:12:5` is a place in a file.
bool is_position(std::string_view value) {
  bool colon = false;
  for (char c : value) {
    if (!is_digit(c) && c != ':') return false;
    colon = colon || c == ':';
  }
  return colon;
}

/// A placeholder of a query, a template or a shell: `$1`, `${TOKEN}`, `:name`, `%s`, `{0}`; or a mask.
bool is_placeholder(std::string_view value) {
  const char first = value[0], second = value.size() > 1 ? value[1] : '\0';
  if (first == '[' || first == '{' || first == '(' || first == '<' || first == '*') return true;
  if (first == '$' && (second == '{' || second == '(' || (is_digit(second) && value.size() <= 3))) return true;
  if (first == '%') return value.size() <= 3 || second == '(';
  if (first != ':' && first != '@' && first != '?' && first != '#' && first != '$') return false;
  for (char c : value.substr(1)) {
    if (!is_alpha(c) && c != '_' && c != '{' && c != '}') return false;
  }
  return true;
}

struct Shape {
  std::size_t letters = 0;   ///< At its start.
  bool letters_only = true;  ///< Letters, and what stands in and behind a word.
  bool digits_only = true;
  bool calls = false;  ///< A name with a parenthesis behind: code.
  bool signs_only = true;
  bool has_digit = false;
};

Shape shape_of(std::string_view value) {
  Shape shape;
  while (shape.letters < value.size() && is_alpha(value[shape.letters])) ++shape.letters;
  bool name = true;
  for (char c : value.substr(0, prose_bytes_max)) {
    shape.calls = shape.calls || (name && c == '(');
    name = name && (is_alpha(c) || c == '.' || c == '_');
    shape.letters_only =
        shape.letters_only && (is_alpha(c) || c == '.' || c == '\'' || c == '-' || c == '!' || c == '?' || c == ':');
    shape.has_digit = shape.has_digit || is_digit(c);
    shape.digits_only = shape.digits_only && is_digit(c);
    shape.signs_only = shape.signs_only && !is_alnum(c) && !is_past_ascii(c);
  }
  return shape;
}

bool is_harmless_word(std::string_view word) {
  return !word.empty() && word.size() < 16 && Words(word).any_in(harmless_words);
}

/// True if the clause ends behind `end`: what stood there was all there is.
bool ends_clause(const Text& text, std::size_t end) {
  const char c = text.at(end);
  return c == '\0' || c == '\n' || c == '\r' || c == ',' || c == ';' || c == '}' || is_quote(c) || c == '\\';
}

/// True if what stands behind a secret's name is no secret: a literal, a type, code, a place, or prose about it.
bool is_harmless(const Text& text, const Value& value, Name name, char separator) {
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (bytes.empty() || bytes.starts_with("[redacted:")) return true;
  if (!value.quoted && is_placeholder(bytes)) return true;
  if (bytes.size() > prose_bytes_max && !value.quoted) return false;
  const Shape shape = shape_of(bytes);
  if (shape.signs_only && bytes.size() <= prose_bytes_max) return true;
  const char behind = shape.letters < bytes.size() ? bytes[shape.letters] : '\0';
  const bool one_word = behind == '\0' || (shape.letters_only && !value.quoted) || behind == '(' || behind == '[' ||
                        behind == '|' || (shape.letters_only && behind == '-');
  if ((one_word || (value.quoted && behind == ' ')) && is_harmless_word(bytes.substr(0, shape.letters))) return true;
  if (shape.digits_only && bytes.size() < (name == Name::token || name == Name::header ? 6
                                           : name == Name::code                        ? 3
                                                                                       : 4))
    return true;
  if (value.quoted) return false;
  if (value.code || shape.calls) return true;
  if (name == Name::code) return !is_digit(bytes[0]) || bytes.size() > 8;
  if (separator == ':' && !value.spaced && is_position(bytes)) return true;
  // `Failed to parse private key: asn1 structure error`.
  if (separator == ':' && value.spaced && name == Name::token && bytes.size() < 6 && !ends_clause(text, value.end))
    return true;
  if (!value.spaced || !shape.letters_only) return false;
  if (separator == '=') return bytes.find('.') != std::string_view::npos || text.at(value.end) == ';';
  return name != Name::password || !ends_clause(text, value.end);
}

/// `Bearer <token>` or `Basic <token>` behind `Authorization:`: the scheme stays, and what follows it is none of ours.
Match after_scheme(const Text& text, std::size_t begin) {
  const bool bearer = has_word(text, begin, "bearer "), basic = has_word(text, begin, "basic ");
  if (!bearer && !basic) return {};
  begin += bearer ? 7 : 6;
  while (text.at(begin) == ' ') ++begin;
  std::size_t end = begin;
  while (end < text.size() && !ends_value(text.bytes[end])) ++end;
  const std::string_view token = text.piece(begin, end);
  if (token.starts_with('[') || token.starts_with('<') || is_harmless_word(token) || token == "token") end = begin;
  return {.begin = begin, .end = end, .kind = bearer ? Secret::bearer : Secret::basic};
}

/// True if what stands in quotes is a name itself, with its own value behind it: `ExpiredToken: "x-token": "..."`.
bool is_key(const Text& text, const Value& value) {
  std::size_t at = value.end;
  while (text.at(at) == '\\') ++at;
  return is_quote(text.at(at)) && text.at(at + 1) == ':';
}

/// The end of a header's value: the quote that was opened before its name, or the end of the line, which may be spelled `\n`.
std::size_t header_end(const Text& text, const NameRange& name, std::size_t at) {
  const char quote = is_quote(text.before(name.begin)) ? text.before(name.begin) : '\0';
  for (; at < text.size(); ++at) {
    const char c = text.bytes[at];
    if (c == '\n' || c == '\r' || (quote != '\0' && c == quote)) break;
    if (c == '\\' && (text.at(at + 1) == 'n' || text.at(at + 1) == 'r' || text.at(at + 1) == quote)) break;
  }
  return at;
}

/// A header's value holds something made up: `Digest username="x"`, `a=b; c=d`, or one word that is no plain one.
bool is_header_value(std::string_view value) {
  value = value.substr(0, 2 * prose_bytes_max);
  if (value.empty() || value.starts_with('[') || value.starts_with('{') || value.starts_with('<')) return false;
  std::size_t letters = 0;
  while (letters < value.size() && is_alpha(value[letters])) ++letters;
  if (is_harmless_word(value.substr(0, letters)) && (letters == value.size() || value[letters] != '=')) return false;
  std::size_t run = 0;
  for (char c : value) {
    run = c == ' ' ? 0 : run + 1;
    if (c == '=' || is_digit(c) || run >= 16) return true;
  }
  return value.find(' ') == std::string_view::npos && letters < value.size();
}

Match header_value(const Text& text, const NameRange& name, const Value& value) {
  const Match scheme = after_scheme(text, value.begin);
  if (scheme.begin > 0) return scheme;
  if (!is_header_value(text.bytes.substr(value.begin))) return {};
  const std::size_t end = value.quoted ? value.end : header_end(text, name, value.begin);
  return {.begin = value.begin, .end = end, .kind = Secret::password};
}

/// Behind the separator of `width` bytes at `at`.
Value value_after(const Text& text, std::size_t at, std::size_t width) {
  Value value;
  const char separator = text.at(at);
  std::size_t begin = at + width;
  if (separator == ':' && text.at(begin) == '=') ++begin;
  while (separator == '=' && (text.at(begin) == '=' || text.at(begin) == '>')) ++begin, value.code = true;
  const std::size_t gap = begin;
  while ((text.at(begin) == ' ' || text.at(begin) == '\t') && begin - gap < 8) ++begin;
  value.spaced = begin > gap;
  if (text.at(begin) == '[' && (is_quote(text.at(begin + 1)) || text.at(begin + 1) == '\\')) ++begin;
  value.begin = begin;
  value.quoted = read_quoted(text, value);
  if (value.quoted) return value;
  const bool form = separator == '%';
  for (value.end = begin; value.end < text.size() && !ends_value(text.bytes[value.end]); ++value.end) {
    if (text.bytes[value.end] == '&' && separator != ':') break;
    if (form && text.has(value.end, "%26")) break;
    if (value.end == begin + prose_bytes_max && is_placeholder(text.bytes.substr(begin, prose_bytes_max))) break;
  }
  return value;
}

/// `<password>x</password>`.
Match find_element(const Text& text, std::size_t at) {
  const NameRange name = name_before(text, at);
  std::size_t tag = name.begin;
  if (text.before(tag) == ':') --tag;  // Behind a namespace.
  while (tag < name.begin && is_name(text.before(tag))) --tag;
  if (text.before(tag) != '<' || kind_of(text.piece(name.begin, name.end)) == Name::none) return {};
  const std::size_t end = text.bytes.substr(0, at + 256).find('<', at);
  if (end == std::string_view::npos || text.at(end + 1) != '/') return {};
  const std::string_view value = text.bytes.substr(at + 1, end - at - 1);
  if (value.starts_with("[redacted:") || shape_of(value).signs_only) return {};
  return {.begin = at + 1, .end = end, .kind = Secret::password};
}

/// `the password is hunter2`: only a value that prose would not have.
Match find_sentence(const Text& text, std::size_t at) {
  if (!text.has(at, " is ")) return {};
  const NameRange name = name_before(text, at);
  const Name kind = kind_of(text.piece(name.begin, name.end));
  if (kind == Name::none) return {};
  const Value value = value_after(text, at + 3, 1);
  if (is_harmless(text, value, kind, ':')) return {};
  const Shape shape = shape_of(text.piece(value.begin, value.end));
  if (!value.quoted && (!shape.has_digit || (shape.digits_only && kind != Name::code))) return {};
  return {.begin = value.begin, .end = value.end, .kind = Secret::password};
}

}  // namespace

Match find_pair(const Text& text, std::size_t at) {
  const char separator = text.at(at);
  if (separator == '>') return find_element(text, at);
  if (separator == ' ') return find_sentence(text, at);
  const bool encoded = text.has(at, "%3D") || text.has(at, "%3A") || text.has(at, "%3d") || text.has(at, "%3a");
  if (separator == '%' && !encoded) return {};
  if (separator == ':' && text.at(at + 1) == ':') return {};
  const NameRange name = name_before(text, at);
  const std::string_view spelled = text.piece(name.begin, name.end);
  if (spelled.size() < 2) return {};
  const Name kind = kind_of(spelled);
  if (kind == Name::none) return {};
  const Value value = value_after(text, at, encoded ? 3 : 1);
  if (kind == Name::header && (separator == ':' || value.quoted)) return header_value(text, name, value);
  if (value.quoted && is_key(text, value)) return {};
  // Counted, not named: `max_tokens=1000`.
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (spelled.ends_with('s') && shape_of(bytes).digits_only) return {};
  if ((spelled.size() == 3 || has_word(text, name.begin, "oldpwd")) && bytes.starts_with('/')) return {};
  // A parser's: `Unexpected token: "then"`.
  if (kind == Name::token && Words(text.piece(text.floor, name.begin)).last() == " unexpected ") return {};
  if (after_scheme(text, value.begin).begin > 0 || is_harmless(text, value, kind, separator)) return {};
  return {.begin = value.begin, .end = value.end, .kind = Secret::password};
}

Match find_flag(const Text& text, std::size_t at) {
  std::size_t end = at + 2;
  while (is_name(text.at(end)) && end - at < Words::bytes_max) ++end;
  if (text.at(end) != ' ' || end == at + 2) return {};
  const Name kind = kind_of(text.bytes.substr(at + 2, end - at - 2));
  if (kind == Name::none) return {};
  const Value value = value_after(text, end, 1);
  if (text.at(value.begin) == '-') return {};
  Value spaced = value;
  spaced.spaced = true;
  if (is_harmless(text, spaced, kind, ':')) return {};
  return {.begin = value.begin, .end = value.end, .kind = Secret::password};
}

}  // namespace mayday::redaction
