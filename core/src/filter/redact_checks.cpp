#include <algorithm>

#include "pattern.h"
#include "redact_words.h"

namespace mayday::redaction {
namespace {

/// Behind these words any number is a phone's.
constexpr std::string_view phone_words =
    " phone ph telephone phonenumber cellphone homephone workphone tel mobile mobilenumber cell fax call caller "
    "contact called calling "
    "dial dialed sms whatsapp whats msisdn telefon handy mobil mobiltelefon telefono teléfono téléphone telefone "
    "celular "
    "móvil movil cellulare rufnummer portable gsm callback тел телефон телефона ";
/// Behind these none is, however it looks.
constexpr std::string_view other_words =
    " order orders invoice tracking isbn issn ean gtin upc sku serial part ticket case ref reference uuid version "
    "build "
    "timestamp epoch time date parcel shipment commit hash code batch lot model offset bytes size lat lng lon doi "
    "orcid "
    "account ";
constexpr std::string_view ssn_words = " ssn ssns security ss ssnumber tin itin ";
/// Words before `1.2.3.4` that make it a version, or a place in a document.
constexpr std::string_view version_words =
    " version versions ver v release released build firmware rev revision rv upgrade upgraded upgrading downgrade "
    "downgraded update updated fileversion assemblyversion section chapter clause sdk driver plugin assembly oid ";
/// A 13-digit number is rather an article's.
constexpr std::string_view article_words = " ean gtin isbn upc barcode ";
/// Endings that look like a top-level domain and are files: `logo@2x.png`, `render@app.js`. Those that are both (`rs`,
/// `py`) are told by the position behind them. And systemd's units, with an instance behind the sign.
constexpr std::string_view file_endings =
    " js mjs cjs jsx ts mts cts tsx css scss less png jpg jpeg gif svg webp avif ico map wasm html htm json vue svelte "
    "xml "
    "yml yaml toml txt log pdf csv tgz gz jar dll exe bin php jsp aspx cs java kt rb swift go bundle jsbundle min lock "
    "tar "
    "woff ttf mp3 service socket timer mount target slice scope ";

/// Of these, those that a page speaks of.
constexpr auto& page_files = pattern<"~((sj[cm]?|s[ct]|xs[jt]|ssc|gnp|gpj|gvs|fig|pbew|nosj|lmth|euv|pam|ecivres).)">;

/// ISO/IEC 7812-1: issuers' ranges and how many digits their numbers have. Without them one number in ten of any kind would
/// be a card.
constexpr auto& issuers = pattern<
    "4(D{18}|D{15}|D{12})!O|"                                             // Visa
    "(5[1-5]DD|222[1-9]|22[3-9]D|2[3-6]DD|27[01]D|2720)D{12}!O|"          // Mastercard
    "3[47]D{13}!O|3(0[0-59]|[689]D)D{11}(DD)?!O|"                         // American Express, Diners Club
    "(220[0-4]|35(2[89]|[3-8]D)|6011|62DD|64[4-9]D|65DD)D{12,15}|"        // Mir, JCB, Discover, UnionPay, RuPay
    "5061D{12}(DDD)?!O|(50(18|20|38)|5893|6304|6759|676[1-3])D{8,15}!O|"  // Verve, Maestro
    "(60DD|8[12]DD|50([48]D|6[67]|78|9D|19)|636[23]|9792|8600|9860)D{12}">;  // RuPay, Elo, Dankort, Troy, Uzcard, Humo

/// The same where words have no spaces between them: what the last of them ends in, with a particle and a sign behind.
constexpr auto& phone_endings = pattern<"(手机|手機|电话|電話|携帯|휴대|전화)P{0,12} !O">;
constexpr auto& other_endings = pattern<"(订单|訂單|单号|單號|注文|追跡|주문)P{0,12} !O">;
constexpr auto& version_endings = pattern<"(版|バージョン|버전|ерси(я|и|ю)) ?P{0,6} ?!O">;

bool ends_in(const Words& words, const std::uint8_t* endings) {
  Matcher matcher(words.view());
  for (std::size_t at = 0; at < matcher.text.size(); ++at) {
    if (is(matcher.text[at], past_ascii_class) && matcher.match(endings, at)) return true;
  }
  return false;
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    const int value = (digits[i] - '0') << (twice ? 1 : 0);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

bool is_card(std::string_view digits) {
  Matcher matcher(digits, Matcher::page_check);
  return matcher.match(issuers.data(), 0) && matcher.end == digits.size() && passes_luhn(digits);
}

/// A credential is told from prose by what prose never has: a digit in a long word, or capitals inside.
bool looks_random(std::string_view word) {
  bool digit = false, capital_inside = false, small = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    digit = digit || is_digit(word[i]);
    capital_inside = capital_inside || (i > 0 && is_upper(word[i]));
    small = small || is_lower(word[i]);
  }
  return word.size() >= 8 && (digit || (capital_inside && small) || word.back() == '=' || word.size() >= 24);
}

/// The longest row of letters and digits, and of digits, in a text; a long text was not read as words for its length.
std::size_t longest_run(std::string_view text, int mask) {
  if (text.size() > 128) return text.size();
  std::size_t run = 0, longest = 0;
  for (char c : text) {
    run = is(c, mask) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

/// Groups of digits with up to three signs between them, as many as make no more than `most`. A lone digit behind a whole
/// number is none of its own.
bool Matcher::digits(std::size_t least, std::size_t most) {
  std::size_t count = 0, place = at_, kept = 0;
  for (;;) {
    const std::size_t group = place;
    while (is_digit(at(place))) ++place;
    count += place - group;
    if (count > most || (place - group == 1 && kept >= 9 && text[group - 1] == ' ')) break;
    at_ = place;
    kept = count;
    while (place - at_ < 3 && is_number_sign(at(place))) ++place;
    if (place == at_ || !is_digit(at(place))) break;
  }
  return kept >= least;
}

/// As cards are embossed: fours, or 4-6-5 and 4-6-4, or without gaps. The longest such number that the groups begin with: a
/// check code or a date may follow.
bool Matcher::luhn() {
  std::array<char, 20> value;
  std::size_t count = 0, place = at_, found = 0;
  for (std::size_t group = 0;; ++group) {
    const std::size_t start = place;
    while (is_digit(at(place)) && count < value.size()) value[count++] = text[place++];
    const std::size_t size = place - start;
    if (count > 19 || (group > 0 && size > 6)) break;
    if (count >= 12 && is_card({value.data(), count})) found = place;
    const char sign = at(place);
    if (size != 4 && (size != 6 || group != 1)) break;
    if ((sign != ' ' && sign != '-' && sign != '.' && sign != '+') || (group > 0 && text[start - 1] != sign)) break;
    if (!is_digit(at(++place))) break;
  }
  at_ = found;
  return found > 0;
}

/// ISO 13616 and ISO 7064's MOD 97-10; in print in groups of four.
bool Matcher::mod97() {
  std::array<char, 34> account;
  std::size_t count = 0;
  for (std::size_t place = at_; count < account.size(); ++place) {
    const char c = at(place);
    if (is_alnum(c)) {
      account[count++] = static_cast<char>(is_lower(c) ? c - 0x20 : c);
    } else if ((c != ' ' && c != '-') || count % 4 != 0) {
      return false;
    }
    if (count < 15 || !is_alnum(c) || is_alnum(at(place + 1))) continue;
    unsigned rest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char digit = account[(i + 4) % count];  // The first four moved to the end.
      rest = (is_digit(digit) ? rest * 10 + static_cast<unsigned>(digit - '0')
                              : rest * 100 + static_cast<unsigned>(digit - 'A' + 10)) %
             97;
    }
    if (rest != 1) continue;
    at_ = place + 1;
    return true;
  }
  return false;
}

/// No further than to the query that was looked back from before: no byte is read twice.
bool Matcher::absolute() {
  const std::size_t least = std::max(floor, query_);
  query_ = at_;
  for (std::size_t i = at_; i > least && !is(text[i - 1], url_end_class); --i) {
    if (text[i - 1] == ':' && has(i, "//")) return true;
  }
  return false;
}

/// Those that ask for no words around.
bool Matcher::page_check(Matcher& matcher, std::uint8_t what) { return matcher.call(what); }

bool Matcher::call(std::uint8_t what) {
  if (what >= code::first_kind) return kind = what - code::first_kind, true;
  const std::string_view gone = piece(begin, std::max(begin, at_));
  switch (static_cast<Check>(what)) {
    case Check::trim:
      while (at(begin) == '.' || at(begin) == '-') ++begin;
      return begin < at_;
    case Check::made_up: return longest_run(gone, digit_class) > 0 || longest_run(gone, alnum_class) >= 30;
    case Check::random: return looks_random(gone);
    case Check::long_run: return longest_run(gone, alnum_class) >= 16;
    case Check::luhn: return luhn();
    case Check::rewind: at_ = begin; return true;
    case Check::absolute: return absolute();
    case Check::in_url: return at_ == url_floor && at_ > 0;
    case Check::file: return Matcher(text, page_check).match(page_files.data(), at_);
    case Check::once: return at_ >= seen_;
    case Check::seen: seen_ = std::max(seen_, at_); return true;
    default: return false;
  }
}

bool Matcher::any_check(Matcher& matcher, std::uint8_t what) {
  const std::size_t begin = matcher.begin;
  switch (static_cast<Check>(what)) {
    case Check::mod97: return matcher.mod97();
    case Check::about_phone: {
      const Words words = words_before(matcher, begin);
      return is_about(words, phone_words) || ends_in(words, phone_endings.data());
    }
    case Check::about_other: {
      const Words words = words_before(matcher, begin);
      return is_about(words, other_words) || ends_in(words, other_endings.data());
    }
    case Check::about_ssn: return is_about(words_before(matcher, begin), ssn_words);
    case Check::version: {
      const Words words = words_before(matcher, begin);
      return words.any_in(version_words) || ends_in(words, version_endings.data());
    }
    case Check::article: return words_before(matcher, begin).any_in(article_words);
    case Check::file: {
      std::size_t label = matcher.at_;
      while (matcher.at_ - label < 12 && is_alnum(matcher.before(label))) --label;
      return Words(matcher.piece(label, matcher.at_)).last_is_in(file_endings);
    }
    default: return matcher.call(what);
  }
}

}  // namespace mayday::redaction
