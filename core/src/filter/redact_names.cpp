#include "redact_names.h"

#include <array>

namespace mayday::redaction {
namespace {

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
    "jsx "
    "algorithm method tsx py java go cs php rb vue html css core lib sdk plugin parent starter ";

/// What the words of a name say of its value. A password is any word; a token is made up: it has a digit, or stands in
/// quotes; a code is a short number; a header is everything to the end of the line. Tried at each place of ` my api key `; by
/// their first letters.
constexpr auto& names = pattern<
    "p(ass(w(or)?d|phrase|code|wort)s? %password;|wds? %password;|rivate ?keys? %token;)|"
    "s(ecrets? %password;|ess(ion)? ?ids? %token;|hared ?access ?signature %token;|igning ?keys? %token;|"
    "(ubscription|torage) ?keys? %token;)|"
    "a(uthorization %header;|(pi|ccess|ccount|pp(lication)?|dmin|uth) ?keys? %token;)|"
    "c(redentials? %token;|srf %token;|ookies? %header;|onsumer ?keys? %token;|ontrase(ñ|n)a %password;)|"
    "tokens? %token;|xsrf %token;|(functions?|deploy|license|encryption|master) ?keys? %token;|"
    " ((passe|pass|requirepass|masterauth|bindpw|pw|psk|mdp|senha|clave|heslo|parola|salasana|sandi|passord|"
    "adgangskode|sifre|haslo|jelszo|losenord(et)?) !O%password;|(auth|sid|jwt|sig) !O%token;|"
    "(otp|pin|cvv|cvc)( code)? !O%code;|(security|verification|confirmation|login|access) code !O%code;)|"
    "kennwort %password;|wachtwoord %password;|hasło %password;|lösenord(et)? %password;|"
    "jelszó %password;|khẩu %password;|"
    "&P(şifre %password;|סיסמה %password;|المرور %password;|ωδικός %password;|รหัสผ่าน %password;|ароль %password;|"
    "密(码|碼)(是|为)? %password;|口令 %password;|パスワード(は)? %password;|"
    "(비밀번호|패스워드|암호)(는|가)? %password;|екрет %password;|окен %token;|"
    "(密钥|密鑰|令牌|秘密鍵|トークン|토큰) %token;|"
    "(验证码|驗證碼|認証コード|認証番号|暗証番号|인증번호)(是|は|는)? %code;)">;

/// What a name may begin with: for each first byte a bit for each second one, of both the last five bits, in which a letter's
/// cases are alike.
using Beginnings = std::array<std::uint32_t, 32>;

/// What the element at `code` may begin with, a bit for the last five of each byte.
constexpr std::uint32_t bytes_of(const std::uint8_t* code) {
  std::uint32_t bytes = 0;
  if (*code == code::group) {
    for (const std::uint8_t* stop = code::skip(++code); code < stop;) {
      const std::uint8_t* next = code::skip(code);
      bytes |= bytes_of(code);
      code = next;
    }
    return bytes;
  }
  const std::size_t count = *code == code::set ? code[1] : 1;
  const std::size_t first = *code == code::set ? 2 : *code == code::exact ? 1 : 0;
  for (std::size_t i = 0; i < count; ++i) bytes |= 1U << (code[first + i] & 31);
  return bytes;
}

constexpr void add_beginnings(const std::uint8_t* code, Beginnings& all) {
  for (const std::uint8_t* stop = code::skip(++code); code < stop;) {
    const std::uint8_t* next = code::skip(code);
    if (*code == code::peek) code = code::behind(code);
    if (*code == code::group) {
      add_beginnings(code, all);
    } else {
      const std::uint32_t first = bytes_of(code), second = bytes_of(code::behind(code));
      for (std::size_t byte = 0; byte < 32; ++byte) all[byte] |= (first >> byte & 1) != 0 ? second : 0;
    }
    code = next;
  }
}

constexpr Beginnings beginnings = [] {
  Beginnings all{};
  add_beginnings(names.data(), all);
  return all;
}();

}  // namespace

std::uint8_t kind_of(Words words) {
  Matcher matcher(words.view());
  std::uint8_t kind = no_name;
  for (std::size_t at = 0; at + 1 < matcher.text.size(); ++at) {
    const auto first = static_cast<std::uint8_t>(matcher.text[at]),
               second = static_cast<std::uint8_t>(matcher.text[at + 1]);
    if ((beginnings[first & 31] >> (second & 31) & 1) == 0 || !matcher.match(names.data(), at)) continue;
    if (matcher.kind != header_name || matcher.end == matcher.text.size()) kind = matcher.kind;
  }
  return kind;
}

std::uint8_t kind_of(std::string_view name) {
  if (name.size() < 2) return no_name;
  const Words words(name);
  const std::uint8_t kind = kind_of(words);
  // .NET prints `PublicKeyToken` of every assembly.
  return kind != no_name && (words.last_is_in(about_words) || Matcher(name).match(pattern<"publickeytoken">.data(), 0))
             ? no_name
             : kind;
}

bool speaks_about(const Words& words) { return words.last_is_in(about_words); }

}  // namespace mayday::redaction
