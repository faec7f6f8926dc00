#include "mayday/filter/redact.h"

#include <array>

#include "redact_rules.h"

namespace mayday {
namespace redaction {
namespace {

/// What may begin at a byte, as bits, so that most bytes cost one look-up.
enum Trigger : std::uint8_t {
  at_sign = 1,
  colon = 2,
  equals = 4,
  query_mark = 8,
  digit = 16,
  phone_sign = 32,
  dash = 64,
  letter = 128,
};

constexpr std::array<std::uint8_t, 256> make_triggers() {
  std::array<std::uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    if (is_digit(static_cast<char>(c))) table[c] = digit;
    if (is_alpha(static_cast<char>(c))) table[c] = letter;
  }
  table['@'] = at_sign;
  table[':'] = colon;
  table['='] = equals;
  table['?'] = table['#'] = query_mark;
  table['+'] = table['('] = phone_sign;
  table['-'] = dash;
  return table;
}

constexpr std::array<std::uint8_t, 256> triggers = make_triggers();

/// What is looked for in a kind of text. A stack line's numbers are positions, an identifier's are its own.
constexpr std::uint8_t triggers_of(schema::Profile profile) {
  switch (profile) {
    case schema::Profile::stack_line: return at_sign | colon | equals | query_mark | dash | letter;
    case schema::Profile::identifier: return at_sign | dash | letter;
    default: return 0xff;
  }
}

/// A line of a stack that is prose (Chrome's first) is a message; a frame ends in its position or begins with `at`.
bool is_frame(std::string_view line) {
  while (!line.empty() && (is_space(line.front()))) line.remove_prefix(1);
  while (!line.empty() && (is_space(line.back()) || line.back() == ')')) line.remove_suffix(1);
  if (line.starts_with("at ")) return true;
  std::size_t end = line.size();
  while (end > 0 && is_digit(line[end - 1])) --end;
  return end < line.size() && end > 1 && line[end - 1] == ':' && line.find_first_of("/@") != std::string_view::npos;
}

class Scan {
 public:
  Scan(std::string_view bytes, schema::Profile profile, Buffer& out)
      : text_{bytes}, profile_(profile), wanted_(triggers_of(profile)), out_(out) {}

  Redaction run() {
    std::size_t at = 0;
    if (profile_ == schema::Profile::path) strip_query();
    while (at < text_.size()) {
      const std::uint8_t trigger = triggers[static_cast<std::uint8_t>(text_.bytes[at])] & wanted_;
      const Match match = trigger == 0 ? Match{} : find(trigger, at);
      if (match.found()) {
        take(match);
        at = match.end;
      } else {
        at = trigger & (letter | digit) ? word_end(at) : at + 1;
      }
    }
    if (result_.changed) out_.append(text_.bytes.substr(text_.floor));
    return result_;
  }

 private:
  /// A path has no query and no fragment, whatever they hold.
  void strip_query() {
    const std::size_t end = text_.bytes.find_first_of("?#");
    if (end == std::string_view::npos) return;
    text_.bytes = text_.bytes.substr(0, end);
    result_ = {.changed = true, .first = Secret::query};
  }

  Match find(std::uint8_t trigger, std::size_t at) {
    switch (trigger) {
      case at_sign: return find_email(text_, at);
      case colon: return find_at_colon(at);
      case equals: return find_pair(text_, at);
      case query_mark: return find_query(text_, at, url_);
      case dash: return find_private_key(text_, at);
      case phone_sign: return find_phone(text_, at);
      case digit: return find_at_digit(at);
      default: return find_at_letter(at);
    }
  }

  Match find_at_colon(std::size_t at) {
    if (text_.at(at + 1) == '/' && text_.at(at + 2) == '/') {
      return at < url_.end ? Match{} : find_url_secret(text_, at, url_);
    }
    const Match pair = find_pair(text_, at);
    if (pair.found() || !(wanted_ & digit)) return pair;
    return find_ipv6(text_, at);
  }

  Match find_at_digit(std::size_t at) {
    const Match number = find_number(text_, at);
    return number.found() ? number : find_ipv6(text_, at);
  }

  Match find_at_letter(std::size_t at) {
    const Match token = find_token(text_, at);
    if (token.found() || !(wanted_ & digit)) return token;
    const Match iban = find_iban(text_, at);
    return iban.found() ? iban : find_ipv6(text_, at);
  }

  /// Behind the letters and digits at `at`: what can begin only at a word's start is not asked for in its middle.
  std::size_t word_end(std::size_t at) const {
    do ++at;
    while (at < text_.size() && is_alnum(text_.bytes[at]));
    return at;
  }

  void take(const Match& match) {
    if (!result_.changed) result_ = {.changed = true, .first = match.kind};
    out_.append(text_.bytes.substr(text_.floor, match.begin - text_.floor));
    if (match.leaves_mark) {
      out_.append("[redacted:");
      out_.append(to_string(match.kind));
      out_.append(']');
    }
    text_.floor = match.end;
  }

  Text text_;
  schema::Profile profile_;
  std::uint8_t wanted_;
  Buffer& out_;
  Redaction result_;
  UrlScan url_;
};

}  // namespace

bool has_word(const Text& text, std::size_t at, std::string_view word) {
  if (at + word.size() > text.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text.bytes[at + i]) != word[i]) return false;
  }
  return true;
}

}  // namespace redaction

Redaction redact(std::string_view text, schema::Profile profile, Buffer& out) {
  if (profile == schema::Profile::stack_line && !redaction::is_frame(text)) profile = schema::Profile::message;
  return redaction::Scan(text, profile, out).run();
}

std::string_view to_string(Secret kind) {
  switch (kind) {
    case Secret::email: return "email";
    case Secret::phone: return "phone";
    case Secret::card: return "card";
    case Secret::iban: return "iban";
    case Secret::ssn: return "ssn";
    case Secret::ip: return "ip";
    case Secret::jwt: return "jwt";
    case Secret::bearer: return "bearer";
    case Secret::basic: return "basic";
    case Secret::aws: return "aws";
    case Secret::github: return "github";
    case Secret::stripe: return "stripe";
    case Secret::slack: return "slack";
    case Secret::google: return "google";
    case Secret::private_key: return "private_key";
    case Secret::password: return "password";
    case Secret::query: return "query";
    case Secret::userinfo: return "userinfo";
  }
  return "secret";
}

}  // namespace mayday
