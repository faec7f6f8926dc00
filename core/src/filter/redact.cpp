#include "mayday/filter/redact.h"

#include <array>
#include <bit>

#include "mayday/base/bytes.h"
#include "redact_pair.h"
#include "redact_patterns.h"

namespace mayday {
namespace redaction {
namespace {

/// Builds `bytes::TripleSets` from sets of three byte classes, each spelled as the low and the high nibbles it allows.
struct ByteClass {
  std::uint16_t low = 0xffff;   ///< A bit for each low nibble.
  std::uint16_t high = 0xffff;  ///< A bit for each high nibble.
};

constexpr ByteClass any{};
constexpr ByteClass digit{0x03ff, 1 << 3};

/// The smallest class that holds all of `members`.
constexpr ByteClass one_of(std::string_view members) {
  ByteClass result{0, 0};
  for (char c : members) {
    result.low = static_cast<std::uint16_t>(result.low | 1 << (c & 15));
    result.high = static_cast<std::uint16_t>(result.high | 1 << (c >> 4 & 15));
  }
  return result;
}

struct Set {
  ByteClass first, second = any, third = any;
};

template <std::size_t N>
constexpr bytes::TripleSets make_sets(const std::array<Set, N>& sets) {
  static_assert(N <= 8);
  bytes::TripleSets result;
  for (std::size_t bit = 0; bit < N; ++bit) {
    const std::array<ByteClass, 3> classes{sets[bit].first, sets[bit].second, sets[bit].third};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t nibble = 0; nibble < 16; ++nibble) {
        result.low[i][nibble] |= static_cast<std::uint8_t>((classes[i].low >> nibble & 1) << bit);
        result.high[i][nibble] |= static_cast<std::uint8_t>((classes[i].high >> nibble & 1) << bit);
      }
    }
  }
  return result;
}

// What may betray a secret. Grouped so that a group's nibbles cross into little else: `Z`, `z`, and two letters that are no
// token's.
constexpr Set at_sign{one_of("@")};
// Before a value, a number, or in a URL. The full-width colon's first byte is like them.
constexpr Set separators{one_of(":;<=>?[\\]^_{|}~\xef")};
constexpr Set signs{one_of("#%-\"'")};
constexpr Set query_or_key{one_of("?_")};
constexpr Set fragment{one_of("#")};
constexpr Set percent{one_of("%"), one_of("24"), one_of("05")};
constexpr Set dashes{one_of("-"), one_of("-"), one_of("-")};
constexpr Set web_token{one_of("e"), one_of("y"), one_of("J")};
constexpr Set dotted_keys{one_of("eySv"), one_of("yaGsbr"), one_of("J2.")};           // eyJ ya2 SG. (h)vs.
constexpr Set capital_keys{one_of("AELS"), one_of("KSBCTAI"), one_of("IACzabcdef")};  // AKI AIz ATA EAA LTA SKa
constexpr Set schemes{one_of("bBd "), one_of("eEaAi"), one_of("aAsSp")};              // bearer, basic, dapi; ` is`
constexpr Set number{{0xffff, 0xff00 | 1 << 2 | 1 << 0}, digit};  // Behind a space, a quote, a bracket, a line's end.
constexpr Set account{{0xffff, 0xf << 4 | 1 << 2}, {0xffff, 0xf << 4}, digit};  // `GB82`, `p4ssw0rd`, ` h4x`.

/// Prose: every kind.
constexpr bytes::TripleSets prose_sets =
    make_sets(std::array{at_sign, separators, signs, dotted_keys, capital_keys, schemes, number, account});
/// A frame's numbers are positions and its colons stand before them.
constexpr bytes::TripleSets frame_sets =
    make_sets(std::array{at_sign, query_or_key, fragment, percent, dashes, web_token, capital_keys});
/// An identifier's numbers are its own, but for a card's or an address's, behind a space or a colon.
constexpr bytes::TripleSets identifier_sets =
    make_sets(std::array{at_sign, Set{one_of("_")}, signs, dotted_keys, capital_keys, number, Set{one_of(":"), digit}});

constexpr const bytes::TripleSets& sets_of(schema::Profile profile) {
  switch (profile) {
    case schema::Profile::stack_line: return frame_sets;
    case schema::Profile::identifier: return identifier_sets;
    default: return prose_sets;
  }
}

constexpr bool is_prose(schema::Profile profile) {
  return profile != schema::Profile::stack_line && profile != schema::Profile::identifier;
}

/// A line of a stack that is prose (Chrome's first) is a message; a frame ends in its position or begins with `at`.
bool is_frame(std::string_view line) {
  while (!line.empty() && (is_space(line.front()))) line.remove_prefix(1);
  while (!line.empty() && (is_space(line.back()) || line.back() == ')')) line.remove_suffix(1);
  if (line.size() > 2 && line[0] == 'a' && line[1] == 't' && line[2] == ' ') return true;
  std::size_t end = line.size();
  while (end > 0 && is_digit(line[end - 1])) --end;
  if (end == line.size() || end < 2 || line[end - 1] != ':') return false;
  for (char c : line) {
    if (c == '/' || c == '@') return true;
  }
  return false;
}

/// The places of a text that may betray a secret, in their order. Sixteen at a time, while that many bytes may be read:
/// `readable` from the text's start.
class Candidates {
 public:
  Candidates(std::string_view text, std::size_t readable, const bytes::TripleSets& sets)
      : text_(text), readable_(readable), sets_(sets), scan_(sets) {}

  /// The next place, or the text's size.
  std::size_t next() {
    while (mask_ == 0) {
      // A triple ends two bytes behind its start, perhaps behind the text.
      if (block_ >= text_.size() + 2) return text_.size();
      if (block_ + bytes::block_bytes > readable_) return next_by_byte();
      mask_ = scan_.next(text_.data() + block_);
      block_ += bytes::block_bytes;
    }
    const std::size_t found = block_ - bytes::block_bytes - 2 + static_cast<std::size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return found < text_.size() ? found : text_.size();
  }

 private:
  std::size_t next_by_byte() {
    std::size_t at = by_byte_ > 0 ? by_byte_ : block_ > 2 ? block_ - 2 : 0;
    const char* end = text_.data() + text_.size();
    while (at < text_.size() && !bytes::is_triple(text_.data() + at, end, sets_)) ++at;
    by_byte_ = at + 1;
    return at;
  }

  std::string_view text_;
  std::size_t readable_;
  const bytes::TripleSets& sets_;
  bytes::TripleScan scan_;
  std::uint32_t mask_ = 0;
  std::size_t block_ = 0;    ///< Where the next block begins.
  std::size_t by_byte_ = 0;  ///< Where the bytewise search goes on.
};

/// Whether there is any such place. By far the most texts have none, so this is a loop of its own.
bool has_candidate(std::string_view text, std::size_t readable, const bytes::TripleSets& sets) {
  bytes::TripleScan scan(sets);
  std::size_t block = 0;
  for (; block < text.size() + 2 && block + bytes::block_bytes <= readable; block += bytes::block_bytes) {
    if (scan.next(text.data() + block) != 0) return true;
  }
  const char* end = text.data() + text.size();
  for (std::size_t at = block > 2 ? block - 2 : 0; at < text.size(); ++at) {
    if (bytes::is_triple(text.data() + at, end, sets)) return true;
  }
  return false;
}

class Scan {
 public:
  Scan(std::string_view bytes, schema::Profile profile, Buffer& out)
      : text_(bytes), profile_(profile), prose_(is_prose(profile)), out_(out) {}

  Redaction run(Candidates candidates) {
    if (profile_ == schema::Profile::path) strip_query();
    // The sets look at a number from the byte before it: the first has none.
    if (is_digit(text_.at(0)) && find_number(0)) take();
    for (std::size_t at = candidates.next(); at < text_.text.size(); at = candidates.next()) inspect(at);
    if (result_.changed) out_.append(text_.piece(text_.floor, text_.text.size()));
    return result_;
  }

 private:
  /// Rare: kept out of the loops, which would each hold a copy of every recognizer.
  [[gnu::noinline]] void inspect(std::size_t at) {
    if (at >= text_.floor && (find(at) || (is_digit(text_.at(at + 1)) && find_number(at + 1)))) take();
  }

  /// A path has no query and no fragment, whatever they hold.
  void strip_query() {
    std::size_t end = 0;
    // A route's pattern may have a group: `(?P<id>[0-9]+)`.
    constexpr auto& group = pattern<"~(\\()\\?(p?\\<L|[:=!])">;
    while (end < text_.text.size() && text_.text[end] != '#' &&
           (text_.text[end] != '?' || text_.match(group.data(), end))) {
      ++end;
    }
    if (end == text_.text.size()) return;
    text_.text = text_.piece(0, end);
    result_ = {.changed = true, .first = Secret::query};
  }

  /// Whether at least seven digits begin at `at`, in groups, or dotted decimals, or Google's `1//0`. Most numbers have fewer.
  bool is_long_number(std::size_t at) const {
    int digits = 0, dots = 0;
    for (std::size_t end = at; end < at + 24; ++end) {
      const char c = text_.at(end);
      if (c == '.') ++dots;
      if (is_digit(c) && ++digits == 7) return true;
      if (dots == 3 || (c == '/' && text_.before(end) == '/')) return true;
      if (!is_digit(c) && !is_number_sign(c)) return false;
    }
    return true;
  }

  bool find_number(std::size_t at) {
    if (is_alnum(text_.before(at)) || !is_long_number(at)) return false;
    if (profile_ == schema::Profile::identifier) return text_.match(patterns::identifier_number.data(), at);
    return prose_ && text_.match(patterns::number.data(), at);
  }

  /// What `at` betrays.
  bool find(std::size_t at) {
    switch (text_.at(at)) {
      case '@':
        return find_plain_email(at) ||
               text_.match(prose_ ? patterns::driver_password.data() : patterns::userinfo.data(), at) ||
               text_.match(patterns::email.data(), at);
      case ':':
        if (!prose_) return false;
        if (text_.at(at + 1) == '/' && text_.at(at + 2) == '/') return find_in_url(at);
        return find_pair(text_, at) ||
               ((is(text_.at(at + 1), digit_class | hex_letter_class) || text_.at(at + 1) == ':') &&
                text_.match(patterns::ipv6.data(), at)) ||
               (is_digit(text_.before(at)) && text_.match(patterns::bot_token.data(), at));
      case ';': return prose_ && text_.before(at) == 't' && find_pair(text_, at);
      case ' ':
        return prose_ && (find_pair(text_, at) ||
                          (is_alpha(text_.at(at + 1)) && is_digit(text_.at(at + 2)) && find_worded(text_, at + 1)));
      case '=':
      case '>': return prose_ && find_pair(text_, at);
      case '%':
        return text_.match(patterns::email.data(), at) ||
               (prose_ && (text_.match(patterns::phone.data(), at) || find_pair(text_, at)));
      case '\\': return text_.match(patterns::email.data(), at);
      case '\xef': return prose_ && find_pair(text_, at);
      case '?': return find_query(at);
      case '#':
        return (prose_ && is_digit(text_.at(at + 1)) && find_worded(text_, at)) ||
               (text_.before(at) == '&' && text_.match(patterns::email.data(), at - 1)) || find_query(at);
      case '_': return find_token(at);
      case '-': return find_at_dash(at);
      case '+':
      case '(': return prose_ && is_digit(text_.at(at + 1)) && text_.match(patterns::phone.data(), at);
      case '!':
      case '$':
      case '*': return prose_ && find_worded(text_, at);
      case '~': return text_.match(patterns::entra_secret.data(), at);
      case '"':
      case '\'': return prose_ && find_quoted(text_, at);
      default: return is_alpha(text_.at(at)) && find_at_letter(at);
    }
  }

  /// What most addresses are, by hand; the pattern decides wherever this does not: no sign that is
  /// rare, a domain of ASCII that ends in small letters.
  bool find_plain_email(std::size_t at) {
    constexpr int local = alnum_class | dash_class | dot_class | local_sign_class;
    std::size_t begin = at, end = at + 1, label = end;
    while (at - begin < 64 && is(text_.before(begin), local)) --begin;
    const char opened = text_.before(begin);
    if (begin == at || (opened != '\0' && opened != '(' && (opened == '\'' || !is(opened, value_end_class))))
      return false;
    const char first = text_.text[begin], host = lower(text_.at(end));
    if (first == '.' || first == '-' || is_digit(host) || host == 'v' || !is_alnum(host)) return false;
    bool small = true;
    for (char c = host; is_alnum(c) || is_alnum(text_.at(end + 1)); c = text_.at(++end)) {
      if (c == '.') label = end + 1, small = true;
      if (c != '.' && c != '-' && !is_alnum(c)) break;
      small = small && (c == '.' || is_lower(text_.text[end]));
    }
    const char behind = text_.at(end);
    if (!small || label == at + 1 || end - label < 2 || behind == '-' || behind == ':' || is(behind, past_ascii_class))
      return false;
    constexpr auto& name = pattern<"(git|this|super|return|break|continue)!E">;
    if (text_.match(name.data(), begin) || text_.match(pattern<"%file;">.data(), end)) return false;
    text_.begin = begin, text_.end = end, text_.kind = static_cast<std::uint8_t>(Secret::email);
    return true;
  }

  /// A host alone, as most are, has no user-info; and a webhook's, or its parent, begins with a letter of few.
  bool find_in_url(std::size_t at) {
    std::size_t end = at + 3, label = end;
    for (char c = text_.at(end); is(c, alnum_class | dash_class | dot_class); c = text_.at(++end)) {
      if (c == '.' && label == at + 3) label = end + 1;
    }
    const auto may_hook = [this](std::size_t host) {
      constexpr auto& begins = pattern<"[hdow]|api.t">;
      return text_.match(begins.data(), host);
    };
    const bool is_plain = end > at + 3 && (text_.at(end) == '/' || is(text_.at(end), url_end_class));
    return (!is_plain || may_hook(at + 3) || may_hook(label)) && text_.match(patterns::url.data(), at);
  }

  bool find_at_dash(std::size_t at) {
    if (text_.at(at + 1) == '-' && text_.match(patterns::private_key.data(), at)) return true;
    if (text_.at(at + 1) == 'u' && text_.match(patterns::mailchimp_key.data(), at)) return true;
    return (prose_ && (find_flag(text_, at) || (is_digit(text_.at(at + 1)) && find_worded(text_, at)))) ||
           find_token(at);
  }

  /// Behind a word alone, `button#save`, it is most often no URL at all.
  bool find_query(std::size_t at) {
    std::size_t begin = at;
    while (is(text_.before(begin), alnum_class | dash_class)) --begin;
    return (begin == at || !is(text_.before(begin), url_end_class)) &&
           (find_plain_query(at) || text_.match(patterns::query.data(), at));
  }

  /// What most queries are, of an absolute URL and without a sign that could be a sentence's or a position's.
  bool find_plain_query(std::size_t at) {
    std::size_t end = at + 1;
    for (char c = text_.at(end);
         is(c, alnum_class | dash_class | local_sign_class) || c == '=' || c == '&' || c == '/';) {
      c = text_.at(++end);
    }
    if (end == at + 1 || !is(text_.at(end), url_end_class) || !text_.match(pattern<"%absolute;">.data(), at))
      return false;
    text_.end = end, text_.kind = static_cast<std::uint8_t>(Secret::query);
    return true;
  }

  /// All tokens are made up: ten bytes and a digit follow. Most of what looks like a prefix is a name.
  bool is_made_up(std::size_t at) const {
    bool has_digit = false;
    std::size_t end = at;
    for (; end - at < 24 && is(text_.at(end), alnum_class | dash_class | dot_class); ++end)
      has_digit = has_digit || is_digit(text_.at(end));
    return end - at == 24 || (end - at >= 10 && has_digit);
  }

  bool has_prefix(std::size_t at) {
    return text_.match(patterns::token.data(), at) || text_.match(patterns::rarer_token.data(), at);
  }

  /// At the `_` or `-` behind a maker's prefix, or behind another word of a name.
  bool find_token(std::size_t at) {
    std::size_t begin = at;
    while (at - begin < 12 && is_alnum(text_.before(begin))) --begin;
    return (begin < at && !is_alnum(text_.before(begin)) && is_made_up(at) && has_prefix(begin)) ||
           (prose_ && find_named(text_, at));
  }

  bool find_at_letter(std::size_t at) {
    // `hvs.` is seen at its `v`.
    if (text_.at(at) == 'v' && text_.before(at) == 'h') --at;
    if (is_alnum(text_.before(at))) {
      return prose_ && is_digit(text_.at(at + 2)) &&
             (find_worded(text_, at) || text_.match(patterns::unnamed.data(), at));
    }
    if (is_made_up(at) && (has_prefix(at) || text_.match(patterns::web_token.data(), at))) return true;
    if (!prose_) return false;
    return is_digit(text_.at(at + 2)) ? text_.match(patterns::iban.data(), at) || find_worded(text_, at)
                                      : text_.match(patterns::scheme.data(), at);
  }

  void take() {
    if (!text_.take(out_)) return;
    const auto kind = static_cast<Secret>(text_.kind);
    if (!result_.changed) result_ = {.changed = true, .first = kind};
    result_.key_is_open = kind == Secret::private_key && text_.find("-----END", text_.begin) >= text_.end;
  }

  Matcher text_;
  schema::Profile profile_;
  bool prose_;
  Buffer& out_;
  Redaction result_;
};

}  // namespace

}  // namespace redaction

Redaction redact(std::string_view text, schema::Profile profile, Buffer& out, std::size_t slack) {
  using namespace redaction;
  if (text.empty()) return {};
  if (profile == schema::Profile::stack_line && !is_frame(text)) profile = schema::Profile::message;
  const bytes::TripleSets& sets = sets_of(profile);
  const std::size_t readable = text.size() + slack;
  const bool begins_with_number = profile != schema::Profile::stack_line && is_digit(text.front());
  if (!begins_with_number && !has_candidate(text, readable, sets)) return {};
  return Scan(text, profile, out).run(Candidates(text, readable, sets));
}

}  // namespace mayday
