#include "redact_pair.h"

#include <algorithm>

#include "mayday/filter/redact.h"
#include "redact_names.h"
#include "redact_value.h"
#include "redact_words.h"

namespace mayday::redaction {
namespace {

/// Between a secret's name and a value that a message repeats: `Invalid token provided: abc123def456`.
constexpr std::string_view given_words =
    " provided given supplied received used specified passed found got was is invalid value string field for header "
    "presented sent ";

/// Whose secret it is, behind its name and read backwards: `for user jdoe`, `of this client`.
#define MAYDAY_WHOSE "N{1,32}( (resu|siht|eht|ruoy|ym))? (rof|fo)"

/// The name before a separator: spaces, quotes and backslashes are passed over, and an index's bracket, where one was opened
/// (our own marks end in one too). `api key`, `session id`, `security code` are two words; `the password is:`.
constexpr auto& name_before = pattern<
    "~(([ \t\\\\]|Q|[27]2\\%|d5\\%|;touq\\&|;93\\#\\&|[\x9c\x9e\x94]\x80\xe2|\x8c\x80\xe3|\xab\xc2){0,6}(]([\\\\]|Q)*)?"
    "(((won )?(saw|t?s[ie]|tse|etse|tetual|tsej|ej|re|[\xa8\xa9]\xc3|r\xa4\xc3|\xa0\xc3l)|"
    "ot( (degnahc|tes)( (saw|neeb sah|si))?( " MAYDAY_WHOSE
    ")?|&( o\x82\xc5))|no&( anasalas)) )?>"
    "((yek|di|edoc) )?N{1,48}<)">;

/// What most names are, by hand: letters, digits, dashes and dots of ASCII, with or without quotes. The pattern decides wherever
/// a short word before them, or behind them, could be one of its own.
bool has_plain_name(Matcher& text, std::size_t at) {
  std::size_t end = at;
  while (at - end < 6 && (text.before(end) == ' ' || is_quote(text.before(end)))) --end;
  std::size_t begin = end;
  while (end - begin < 48 && is(text.before(begin), alnum_class | dash_class | dot_class)) --begin;
  const std::size_t size = end - begin;
  const char opened = text.before(begin);
  if (size == 0 || size == 48 || (size < 8 && opened == ' ') || opened == '%' || is(opened, past_ascii_class))
    return false;
  text.begin = begin, text.end = end;
  return true;
}

bool has_name(Matcher& text, std::size_t at) {
  if (has_plain_name(text, at)) return true;
  if (!text.match(name_before.data(), at)) return false;
  // An index: our own marks end in a bracket too.
  const char opened = text.before(text.begin);
  return opened == '[' || is_quote(opened) || Matcher(text.piece(text.end, at)).find("]", 0) == at - text.end;
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

bool find_header(Matcher& text, char quote, const Value& value) {
  if (text.match(after_scheme.data(), value.begin)) {
    return gone(text, text.begin, text.end, lower(text.text[value.begin + 1]) == 'e' ? "bearer" : "basic");
  }
  if (!is_header_value(text.text.substr(value.begin))) return false;
  return gone(text, value.begin, value.quoted ? value.end : header_end(text, quote, value.begin), "password");
}

/// A parser's: `Unexpected token: "then"`.
constexpr auto& unexpected = pattern<"~( detcepxenu)">;

/// `<password>x</password>`, as it is or in entities: the closing tag tells its name, behind a namespace and whatever attributes
/// the other has.
constexpr auto& element = pattern<
    "(\\>(\\<\\!\\[cdata\\[(!(]])O){1,250}]]\\>|(!\\<O){1,250})\\<|;(!\\&O){1,250}\\&lt;)/"
    "(N{1,32}:)?<N{1,48}>(\\>|\\&gt;)">;
/// Or an element before tells it, or an attribute: `<key>Password</key><string>x</string>`, `<property name="password">x`.
constexpr auto& described_element = pattern<
    "~(gnirts\\<S{0,9}\\>yek/\\<>N{1,48}<\\>|(eulav\\<S{0,9}\\>(!QU){0,3}((!QO){1,24}Q(!QO){1,24}=K+ "
    ")?)?Q>N{1,48}<Q=(eman|yek))">;

bool find_element(Matcher& text, std::size_t at) {
  const bool closed = text.match(element.data(), at);
  const bool named = closed && kind_of(text.piece(text.begin, text.end)) != no_name;
  if (!named && (!text.match(described_element.data(), at) || kind_of(text.piece(text.begin, text.end)) == no_name))
    return false;
  const bool raw = text.has(at + 1, "<![CDATA["), escaped = text.at(at) == ';';
  const std::size_t begin = at + (raw ? 10u : 1u), end = text.find(raw ? "]]>" : escaped ? "&" : "<", begin);
  const std::string_view value = text.piece(begin, end);
  if (!named && kind_of(value) != no_name) return false;
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
  constexpr auto& is_word = pattern<" (is|est|es|ist) (now )?">;
  if (!text.match(is_word.data(), at)) return false;
  const std::size_t behind = text.end - 1;
  if (!has_name(text, at)) return false;
  std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  constexpr auto& owned = pattern<"~(" MAYDAY_WHOSE " >((yek|di|edoc) )?N{1,48}<)">;
  if (name == no_name && text.match(owned.data(), at)) name = kind_of(text.piece(text.begin, text.end));
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

/// `login(password=password)`, `self.token = token`, `{'password': password}`: what is passed on has the name's name.
bool is_variable(const Matcher& text, const Value& value, std::string_view name) {
  const std::string_view bytes = text.piece(value.begin, value.end);
  const char behind = text.at(value.end);
  if (value.quoted || bytes.size() > prose_bytes_max ||
      !(contains(name, bytes) || contains(bytes, name.substr(name.rfind('.') + 1))))
    return false;
  return holds(bytes, pattern<"(L|_)*!O">.data()) &&
         (behind == ')' || behind == ',' || behind == '}' || (value.spaced && contains(name, ".")));
}

/// ODBC's `Pwd={a;b}` in a connection string. In braces a template has a name.
constexpr auto& braced = pattern<
    "(~(=(dwp|drowssap) ?;)|~(=(dwp|drowssap))&(\\{!(K+\\})(!\\}O){1,127}\\};L))\\{!(\\[|\\{)<(\\}\\}|!\\}O){1,127}>"
    "\\}%password;">;

}  // namespace

bool find_pair(Matcher& text, std::size_t at) {
  const char separator = separator_at(text, at);
  if (separator == '\0') return false;
  if (separator == '>' || separator == ';') return find_element(text, at);
  if (separator == ' ') return find_sentence(text, at);
  const char second = text.at(at + 2);
  const bool encoded = separator == '%' && text.at(at + 1) == '3' && (lower(second) == 'd' || lower(second) == 'a');
  // C++'s `::`, but not LDIF's `userPassword:: `.
  if ((separator == '%' && !encoded) || (separator == ':' && text.at(at + 1) == ':' && second != ' ') ||
      !has_name(text, at))
    return false;
  const std::size_t begin = text.begin;
  // A name that is quoted with its sign has no value: 'password=', Ruby's setter `password='.
  const char opened = text.before(begin), closed = text.at(at + 1);
  if (text.end == at && is_quote(opened) && is_quote(closed) && (opened == closed || opened == '`') && second == ' ')
    return false;
  const std::string_view name = text.piece(begin, text.end);
  std::uint8_t kind = kind_of(name);
  // `name="password" value="x"`, `{"key": "password", "value": "x"}`.
  constexpr auto& described = pattern<"~((S|[,\\\\]|Q){2,24}>N{1,48}<(([\\\\]|Q)+ ?[:=]|(S|Q)*:eman))">;
  if (kind == no_name && contains(name, "alue") && text.match(described.data(), begin))
    kind = kind_of(text.piece(text.begin, text.end));
  if (kind == no_name) return find_given(text, name, at);
  const char quote = is_quote(opened) ? opened : '\0';
  Value value = value_after(text, at, encoded || text.at(at) == '\xef' ? 3 : 1);
  if (kind == header_name && (separator == ':' || value.quoted)) return find_header(text, quote, value);
  // A name itself, with its own value behind it: `ExpiredToken: "x-token": "..."`.
  std::size_t behind = value.end;
  while (text.at(behind) == '\\') ++behind;
  if (value.quoted && is_quote(text.at(behind)) && text.at(behind + 1) == ':') return false;
  if (text.before(begin) == '[') value.code = false;  // PHP's print_r.
  if (is_variable(text, value, name)) return false;
  // An ARN's.
  if (text.before(begin) == ':' && separator == ':' && name == "secret") return false;
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
  // With a digit: redis-cli's `-a secret`, keytool's `-storepass secret`.
  constexpr auto& user = pattern<
      "(!~K(-(u|-user|-proxy-user)(S|=)Q?(![:/]V)+:|~( ssaphss)-p ?Q?)|~(SV{1,32} \\U-S)-\\P Q?|"
      "~(S(!(u-S)V){1,32}([ =]Q?(resu|u)|u)-{1,2}S)-p!SQ?|~( piznu)-\\P |"
      "~( V{1,48} (emanresu|u)-{1,2}( (!(nigol)V){1,32}){0,2} nigol)-p Q?|-(src|dest)?(store|key)pass Q?&(V{4})|"
      "(~( (!(ilc-sider)V{1,32} ){0,8}ilc-sider)-a|!~K-((src|dest)?(store|key))?pass(wd|word)?) Q?&((!DV){0,40}D))"
      "<![/\\[$]V+%password;">;
  // Most are a hyphen within a word, which begins none of these.
  if (is(text.before(at), alnum_class | underscore_class) && text.at(at + 1) != '-') return false;
  if (!text.match(pattern<"-[-upPasdk]">.data(), at)) return false;
  if (text.match(user.data(), at)) return true;
  // In a shell's line, or in a list of arguments: `'--token', 'x'`.
  constexpr auto& flag = pattern<"--<N{1,46}>( |Q, ?&Q)">;
  if (!text.match(flag.data(), at)) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  if (name == no_name) return false;
  const std::size_t width = text.at(text.end) == ' ' ? 1 : text.at(text.end + 2) == ' ' ? 3 : 2;
  Value value = value_after(text, text.end, width);
  value.spaced = true;
  if (text.at(value.begin) == '-' || is_harmless(text, value, name, ':')) return false;
  return gone(text, value.begin, value.end, "password");
}

bool find_quoted(Matcher& text, std::size_t at) {
  // SQL's.
  constexpr auto& identified = pattern<
      "~( yb (K+ htiw )?deifitnedi|\\(drowssap[ =]| = ?(!(rof drowssap)O){1,64}rof drowssap)Q<!\\[V+%password;">;
  // At the text's start there is no name.
  if (at < text.floor + 2) return false;
  const char before = text.before(at), second = text.before(at - 1);
  const bool spaced = before == ' ';
  // In a list of names and values in turns: `["x-api-key", "..."]`.
  const std::size_t comma = at - (spaced ? 2 : 1);
  const bool listed = (before == ',' || (spaced && second == ',')) && is_quote(text.before(comma));
  if (before != '(' && !spaced && !listed) return false;
  if ((before == '(' || second == '=' || lower(second) == 'y') && text.match(identified.data(), at)) return true;
  if (before == '(' || !has_name(text, listed ? comma : at - 1)) return false;
  const std::string_view words = text.piece(text.begin, text.end);
  const std::uint8_t name = kind_of(words);
  if (name != password_name && name != token_name && !(listed && name == header_name)) return false;
  const std::size_t named = text.begin;
  Value value{.begin = at};
  value.quoted = value.spaced = read_quoted(text, value);
  if (name == header_name) return find_header(text, before, value);
  const std::string_view bytes = text.piece(value.begin, value.end);
  if (bytes.size() > 256 || (listed && !is_long(bytes))) return false;
  // Without a digit it may be a name, of a pass over data or of a secret somewhere.
  if ((!has_digit(bytes) || contains(bytes, " ")) && (name != password_name || bytes.size() < 4 || words.size() < 5 ||
                                                      contains(words, "ecret") || kind_of(bytes) != no_name))
    return false;
  if (text.match(unexpected.data(), named)) return false;
  return !is_harmless(text, value, name, ':') && gone(text, value.begin, value.end, "password");
}

bool find_worded(Matcher& text, std::size_t at) {
  // Names of algorithms have digits too.
  constexpr auto& word = pattern<
      "~((B|[.~+/=!$@#*%]){0,24}<( "
      "|P))%rewind;!((oauth|sha|md|base|utf|bcrypt|argon|pbkdf|rs|hs|es|ps|pkcs|x50|ipv|http)D)"
      "<(![\xe2\xe3\xef]V){6,}">;
  // The name first: hardly a word has one.
  std::size_t begin = at;
  while (at - begin < 25 && begin > text.floor && !is(text.before(begin), space_class | past_ascii_class)) --begin;
  if (!has_name(text, begin - (text.before(begin) == ' '))) return false;
  const std::uint8_t name = kind_of(text.piece(text.begin, text.end));
  constexpr auto& identified = pattern<"~( \\Y\\B \\D\\E\\I\\F\\I\\T\\N\\E\\D\\I)">;  // SQL's: an id is identified too.
  const bool is_identified = name == no_name && text.match(identified.data(), begin);
  if ((name != password_name && name != token_name && !is_identified) || !text.match(word.data(), at)) return false;
  const Value value{.begin = text.begin, .end = text.end, .spaced = true};
  const std::string_view bytes = text.piece(value.begin, value.end);
  if ((name == token_name && bytes.size() < 10) || !has_digit(bytes)) return false;
  return !is_harmless(text, value, name, ' ') && gone(text, value.begin, value.end, "password");
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
