#include "redact_pair.h"

#include <algorithm>

#include "mayday/filter/redact.h"
#include "redact_names.h"
#include "redact_words.h"

namespace mayday::redaction {
namespace {

constexpr std::size_t prose_bytes_max = 64;  ///< A value that is longer is none of the words below.

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
    "off set unset blocked disabled enabled include omit same read char byte data varchar self ";

/// Between a secret's name and a value that a message repeats: `Invalid token provided: abc123def456`.
constexpr std::string_view given_words =
    " provided given supplied received used specified passed found got was is invalid value string field for header "
    "presented sent ";

[[gnu::noinline]] bool contains(std::string_view piece, std::string_view part) {
  return Matcher(piece).find(part, 0) < piece.size();
}

[[gnu::noinline]] bool holds(std::string_view piece, const std::uint8_t* pattern) {
  return Matcher(piece).match(pattern, 0);
}

/// The name before a separator: spaces, quotes and backslashes are passed over, and an index's bracket, where one was opened
/// (our own marks end in one too). `api key`, `session id`, `security code` are two words; `the password is:`.
constexpr auto& name_before = pattern<
    "~(([ \t\\\\]|Q|[27]2\\%|d5\\%|;touq\\&|;93\\#\\&){0,6}(]([\\\\]|Q)*)?((saw|t?s[ie]|tse|tetual|[\xa8\xa9]\xc3) )?>"
    "((yek|di|edoc) )?N{1,48}<)">;

bool has_name(Matcher& text, std::size_t at) {
  if (!text.match(name_before.data(), at)) return false;
  // An index: our own marks end in a bracket too.
  const char opened = text.before(text.begin);
  return opened == '[' || is_quote(opened) || Matcher(text.piece(text.end, at)).find("]", 0) == at - text.end;
}

/// A value: where it is, and what is around it.
struct Value {
  std::size_t begin = 0, end = 0;
  bool spaced = false;  ///< A space stands before it.
  bool quoted = false;
  bool code = false;  ///< Behind `==` or `=>`: a literal or nothing of ours.
};

constexpr auto& encoded_quote = pattern<"(\\%2[27]|\\&quot;|\\&\\#39;)">;

/// Reads backslashes and a quote at `value.begin`, then what is between it and its like. Quotes in JSON in a string are
/// escaped once, in JSON in JSON three times: those of the value itself have more backslashes than its own.
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

/// A placeholder of a query, a template or a shell: `$1`, `${TOKEN}`, `:name`, `%s`, `{0}`; or a mask.
constexpr auto& placeholder = pattern<"[[{(<*]|$([{(]|D{1,2}!O)|\\%(O{0,2}!O|\\()|[:@?#$](L|[_{}])*!O">;
/// What a log has instead of a secret: `***`, `sk_test_****1234`, `xxxx`, `[Filtered]`, `<your-key>`, `${TOKEN}`.
#define MAYDAY_MASK                                                                      \
  "(B{0,12}\\*{4,}B{0,4}|\\*{3}|(Y{1,8}[-_]){0,3}x{4,}(-x{2,})*|B{0,12}(•|●){3,}B{0,4}|" \
  "(\\[|\\<|[$\\{]\\{)(L|[ _.:-])+(\\]|\\>|\\}{1,2}))!V"
constexpr auto& mask = pattern<MAYDAY_MASK>;
/// Code that gets a secret from elsewhere, `process.env.TOKEN`, `request.POST["password"]`; and types, `&str`, `Option<String>`.
constexpr auto& code_value = pattern<
    "(process.env|import.meta|os.environ|req(uest)?|params|self|this|ctx|context|config|settings|props|state|env|argv|"
    "args|opts|options|secrets|$_L+)((\\??.(L|_)+)+!V|(.(L|_)+)*\\[)|\\&(mut|str(ing)?|HL*)!W|"
    "HL*\\<(H|str|u8|dyn|\\&|any|num)|((L|_)K*.){1,6}(L|_)K*\\[(Q|D)">;
constexpr auto& member = pattern<"((L|_)K*\\??.){1,6}(L|_)K*!O">;
/// Words without spaces between them. Nobody types a password in them. A bracket may be around one.
constexpr auto& ideographs = pattern<"(!(\xe3\x80)[\xe3-\xed]|[\xe3-\xed]P*!O)">;
constexpr auto& mark = pattern<"\\[redacted:">;
constexpr auto& call = pattern<"(L|[._])*\\(">;
/// Digits and colons only: `token:12:5` is a place in a file.
constexpr auto& position = pattern<"D+(:D*)+!O|:+D+!O">;
constexpr auto& digits_only = pattern<"D*!O">;
constexpr auto& letters_only = pattern<"(L|[-.'!?:])*!O">;
constexpr auto& signs_only = pattern<"(!WO)*!O">;

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

bool has_digit(std::string_view value) { return std::any_of(value.begin(), value.end(), is_digit); }

/// `user.password`: the name of its place.
bool is_code(const Matcher& text, const Value& value) {
  if (Matcher(text.text).match(code_value.data(), value.begin)) return true;
  const std::string_view bytes = text.piece(value.begin, value.end);
  return holds(bytes, member.data()) && kind_of(bytes.substr(bytes.rfind('.') + 1)) != no_name;
}

/// True if what stands behind a secret's name is no secret: a literal, a type, code, a place, or prose about it.
bool is_harmless(const Matcher& text, const Value& value, std::uint8_t name, char separator) {
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (bytes.empty() || holds(bytes, mark.data())) return true;
  if (holds(bytes, mask.data()) || holds(bytes, ideographs.data())) return true;
  if (!value.quoted && (holds(bytes, placeholder.data()) || is_code(text, value))) return true;
  if (bytes.size() > prose_bytes_max) return false;
  if (holds(bytes, signs_only.data())) return true;
  const std::string_view letters = letters_of(bytes);
  const bool word = holds(bytes, letters_only.data());
  const char behind = letters.size() < bytes.size() ? bytes[letters.size()] : '\0';
  const bool one_word = behind == '\0' || (word && !value.quoted) || behind == '(' || behind == '[' || behind == '|' ||
                        (word && behind == '-');
  if ((one_word || (value.quoted && behind == ' ')) && is_harmless_word(letters)) return true;
  const std::size_t digits_min = name == password_name ? 4 : name == code_name ? 3 : 6;
  if (bytes.size() < digits_min && holds(bytes, digits_only.data())) return true;
  if (value.quoted) return false;
  if (value.code || holds(bytes, call.data())) return true;
  if (name == code_name) return !is_digit(bytes[0]) || bytes.size() > 8;
  if (separator == ':' && !value.spaced && holds(bytes, position.data())) return true;
  // `Failed to parse private key: asn1 structure error`.
  if (separator == ':' && value.spaced && name == token_name && bytes.size() < 6 && !ends_clause(text, value.end))
    return true;
  if (!value.spaced || !word) return false;
  if (separator == '=') return contains(bytes, ".") || text.at(value.end) == ';';
  return name != password_name || !ends_clause(text, value.end);
}

bool gone(Matcher& text, std::size_t begin, std::size_t end, std::string_view kind) {
  text.begin = begin;
  text.end = end;
  text.kind = kind_named(kind);
  return end > begin;
}

/// `Bearer <token>` or `Basic <token>` behind `Authorization:`: the scheme stays, and what follows it is none of ours.
constexpr auto& after_scheme = pattern<"(bearer|basic) +<(>&([[<]|" MAYDAY_MASK
                                       "|(null|undefined|token|is|required|missing|invalid|expired)!W)|V*)">;

/// The end of a header's value: the quote that was opened before its name, or the end of the line, which may be spelled `\n`.
std::size_t header_end(const Matcher& text, char quote, std::size_t at) {
  for (; at < text.text.size(); ++at) {
    const char c = text.text[at];
    if (c == '\n' || c == '\r' || (quote != '\0' && c == quote)) break;
    if (c == '\\' && (text.at(at + 1) == 'n' || text.at(at + 1) == 'r' || text.at(at + 1) == quote)) break;
  }
  return at;
}

/// A header's value holds something made up: `Digest username="x"`, `a=b; c=d`, or one word that is no plain one.
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

bool find_header(Matcher& text, char quote, const Value& value) {
  if (text.match(after_scheme.data(), value.begin)) {
    return gone(text, text.begin, text.end, lower(text.text[value.begin + 1]) == 'e' ? "bearer" : "basic");
  }
  if (!is_header_value(text.text.substr(value.begin))) return false;
  return gone(text, value.begin, value.quoted ? value.end : header_end(text, quote, value.begin), "password");
}

/// What separates a name from its value at `at`: a colon or an equals sign may be a full-width one; 0 if nothing does.
char separator_at(const Matcher& text, std::size_t at) {
  if (text.at(at) != '\xef') return text.at(at);
  return text.has(at, "：") ? ':' : text.has(at, "＝") ? '=' : '\0';
}

/// Behind the separator of `width` bytes at `at`.
Value value_after(const Matcher& text, std::size_t at, std::size_t width) {
  Value value;
  const char separator = separator_at(text, at);
  const bool wide = text.at(at) == '\xef';
  std::size_t begin = at + width;
  if (separator == ':' && text.at(begin) == '=') ++begin;
  while (separator == '=' && (text.at(begin) == '=' || text.at(begin) == '>')) ++begin, value.code = true;
  const std::size_t gap = begin;
  while ((text.at(begin) == ' ' || text.at(begin) == '\t') && begin - gap < 8) ++begin;
  value.spaced = begin > gap;
  if (text.at(begin) == '[' && (is_quote(text.at(begin + 1)) || text.at(begin + 1) == '\\')) ++begin;
  // A literal's prefix: SQL's `N'x'`, Python's `b"x"`.
  constexpr auto& prefix = pattern<"[NEBRUFnebruf]Q">;
  if (holds(text.text.substr(begin), prefix.data())) ++begin;
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

/// A parser's: `Unexpected token: "then"`.
constexpr auto& unexpected = pattern<"~( detcepxenu)">;

/// `<password>x</password>`: the closing tag tells its name, behind a namespace and whatever attributes the other has.
constexpr auto& element = pattern<"\\>(!\\<O){1,250}\\</(N{1,32}:)?<N{1,48}>\\>">;

bool find_element(Matcher& text, std::size_t at) {
  if (!text.match(element.data(), at) || kind_of(text.piece(text.begin, text.end)) == no_name) return false;
  const std::size_t begin = at + 1, end = text.find("<", begin);
  const std::string_view value = text.piece(begin, end);
  return !holds(value, mark.data()) && !holds(value, signs_only.data()) && !holds(value, mask.data()) &&
         gone(text, begin, end, "password");
}

/// `OTP 482913`.
constexpr auto& code_before = pattern<
    "~((edoc[ -]?(pto|nip|afm|ytiruces|noitacifirev|noitamrifnoc|nigol|ssecca)|pto|nip|[vc]vc|edocssap)!W) <D{4,8}!W"
    "%password;">;

/// `the password is hunter2`, `le mot de passe est`, `la contraseña es`: only a value that prose would not have.
bool find_sentence(Matcher& text, std::size_t at) {
  const char last = lower(text.before(at));
  if (is_digit(text.at(at + 1))) {
    return (last == 'p' || last == 'n' || last == 'c' || last == 'v' || last == 'e') &&
           text.match(code_before.data(), at);
  }
  constexpr auto& is_word = pattern<" (is|est|es|ist) ">;
  if (!text.match(is_word.data(), at)) return false;
  const std::size_t behind = text.end - 1;
  if (!has_name(text, at)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  if (name == no_name) return false;
  const Value value = value_after(text, behind, 1);
  if (is_harmless(text, value, name, ':')) return false;
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (!value.quoted && (!has_digit(bytes) || (holds(bytes, digits_only.data()) && name != code_name))) return false;
  return gone(text, value.begin, value.end, "password");
}

/// `An invalid token was provided: abc`, with `name` right before the colon at `at`: only what is made up.
bool find_given(Matcher& text, std::string_view name, std::size_t at) {
  if (text.at(at) != ':' || !Words(name).last_is_in(given_words)) return false;
  Words words = words_before(text, at);
  while (words.last_is_in(given_words)) words.drop_last();
  const std::uint8_t kind = speaks_about(words) ? no_name : kind_of(words);
  // Looked for first, so that nothing long is read for nothing.
  const std::size_t soon = std::min(at + prose_bytes_max, text.text.size());
  if ((kind != password_name && kind != token_name) || !has_digit(text.piece(at, soon))) return false;
  const Value value = value_after(text, at, 1);
  return value.end >= value.begin + 8 && has_digit(text.piece(value.begin, value.end)) &&
         !is_harmless(text, value, kind, ':') && gone(text, value.begin, value.end, "password");
}

/// ODBC's `Pwd={a;b}` in a connection string. In braces a template has a name.
constexpr auto& braced = pattern<
    "(~(=(dwp|drowssap) ?;)|~(=(dwp|drowssap))&(\\{!(K+\\})(!\\}O){1,127}\\};L))\\{!(\\[|\\{)<(\\}\\}|!\\}O){1,127}>"
    "\\}%password;">;

}  // namespace

bool find_pair(Matcher& text, std::size_t at) {
  const char separator = separator_at(text, at);
  if (separator == '\0') return false;
  if (separator == '>') return find_element(text, at);
  if (separator == ' ') return find_sentence(text, at);
  const char second = text.at(at + 2);
  const bool encoded = separator == '%' && text.at(at + 1) == '3' && (lower(second) == 'd' || lower(second) == 'a');
  if ((separator == '%' && !encoded) || (separator == ':' && text.at(at + 1) == ':') || !has_name(text, at))
    return false;
  const std::size_t begin = text.begin;
  const std::string_view name = text.piece(begin, text.end);
  std::uint8_t kind = kind_of(name);
  // `name="password" value="x"`, `{"key": "password", "value": "x"}`.
  constexpr auto& described = pattern<"~(([ ,\\\\]|Q){2,8}>N{1,48}<([\\\\]|Q)+ ?[:=])">;
  if (kind == no_name && contains(name, "alue") && text.match(described.data(), begin))
    kind = kind_of(text.piece(text.begin, text.end));
  if (kind == no_name) return find_given(text, name, at);
  const char quote = is_quote(text.before(begin)) ? text.before(begin) : '\0';
  const Value value = value_after(text, at, encoded || text.at(at) == '\xef' ? 3 : 1);
  if (kind == header_name && (separator == ':' || value.quoted)) return find_header(text, quote, value);
  // A name itself, with its own value behind it: `ExpiredToken: "x-token": "..."`.
  std::size_t behind = value.end;
  while (text.at(behind) == '\\') ++behind;
  if (value.quoted && is_quote(text.at(behind)) && text.at(behind + 1) == ':') return false;
  // Counted, not named: `max_tokens=1000`.
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (name.ends_with('s') && holds(bytes, digits_only.data())) return false;
  // The shell's working directories.
  if (bytes.starts_with('/') && holds(name, pattern<"(old)?pwd!O">.data())) return false;
  if (kind == token_name && text.match(unexpected.data(), begin)) return false;
  if (separator == '=' && text.match(braced.data(), value.begin)) return true;
  if (text.match(after_scheme.data(), value.begin) || is_harmless(text, value, kind, separator)) return false;
  return gone(text, value.begin, value.end, "password");
}

bool find_flag(Matcher& text, std::size_t at) {
  // curl's `-u name:secret`, sshpass's `-p secret`; `-p` behind the user: `sqlcmd -U sa -P secret`, `mysql -u root -psecret`.
  constexpr auto& user = pattern<
      "(!~K(-(u|-user|-proxy-user)(S|=)Q?(![:/]V)+:|~( ssaphss)-p ?Q?)|~(SV{1,32} \\U-S)-\\P Q?|"
      "~(SV{1,32}[ =]Q?(resu|u)-{1,2}S)-p!SQ?)<![/\\[$]V+%password;">;
  const char first = lower(text.at(at + 1));
  if (first != '-' && first != 'u' && first != 'p') return false;
  if (text.match(user.data(), at)) return true;
  constexpr auto& flag = pattern<"--<N{1,46}> ">;
  if (!text.match(flag.data(), at)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  if (name == no_name) return false;
  Value value = value_after(text, text.end, 1);
  value.spaced = true;
  if (text.at(value.begin) == '-' || is_harmless(text, value, name, ':')) return false;
  return gone(text, value.begin, value.end, "password");
}

bool find_quoted(Matcher& text, std::size_t at) {
  constexpr auto& identified = pattern<"~( yb deifitnedi)Q<!\\[V+%password;">;  // SQL's.
  if (text.before(at) != ' ') return false;
  if (lower(text.before(at - 1)) == 'y' && text.match(identified.data(), at)) return true;
  Value value{.begin = at};
  value.quoted = value.spaced = read_quoted(text, value);
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (bytes.size() > 256 || !has_digit(bytes) || contains(bytes, " ") || !has_name(text, at - 1)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  if (name != password_name && name != token_name) return false;
  if (text.match(unexpected.data(), text.begin)) return false;
  return !is_harmless(text, value, name, ':') && gone(text, value.begin, value.end, "password");
}

bool find_worded(Matcher& text, std::size_t at) {
  // Names of algorithms have digits too.
  constexpr auto& word = pattern<
      "~((B|[.~+/=!$@#*%]){0,24}< )%rewind;!((oauth|sha|md|base|utf|bcrypt|argon|pbkdf|rs|hs|es|ps|pkcs|x50|ipv|http)D)"
      "<V{6,}">;
  if (!text.match(word.data(), at)) return false;
  const std::size_t begin = text.begin, end = text.end;
  if (!has_name(text, begin - 1)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  const Value value{.begin = begin, .end = end, .spaced = true};
  const std::string_view bytes = text.piece(begin, end);
  if ((name != password_name && (name != token_name || bytes.size() < 10)) || !has_digit(bytes)) return false;
  return !is_harmless(text, value, name, ' ') && gone(text, begin, end, "password");
}

bool find_named(Matcher& text, std::size_t at) {
  // Behind the name's last sign, so that a name is asked once.
  constexpr auto& rest = pattern<"[-_]W{1,24}!N <(B|[.~+/=]){12,}%random;%long-run;">;
  std::size_t word = at + 1;
  while (is_word(text.at(word))) ++word;
  if (text.at(word) != ' ' || !text.match(rest.data(), at)) return false;
  const std::size_t begin = text.begin, end = text.end;
  if (!has_digit(text.piece(begin, end)) || !has_name(text, begin - 1)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  return (name == password_name || name == token_name) && gone(text, begin, end, "password");
}

}  // namespace mayday::redaction
