#pragma once

#include "pattern.h"

/// What betrays a secret, by the byte where it is looked for. pattern.h says how to read them.
namespace mayday::redaction::patterns {

/// At `://`: user-info, in which there may be a slash where no port stands; or a webhook, whose address is its password: the
/// path behind what its maker publishes. The host may have one more label, a tenant's or a channel's.
inline constexpr auto& url = pattern<
    "://(!(git@|N+(/|!U))<![/?#@]U(N+|![/?#@]U)*@((N+|![/?#@]U)+@)*>%userinfo;|!(N+(/|!U))<(N+|![/?#@:]U)*:!D(N+|![/"
    "?#@]U)*[/?#](!@U){0,99}@>%userinfo;|"
    "(!(hooks|discord|outlook|api)A+.)?(hooks.slack.com/(services|workflows)/<!\\[U+>%slack;|"
    "(discord(app)?.com/api/webhooks/|webhook.office.com/webhookb2/|outlook.office.com/webhook/|"
    "hooks.zapier.com/hooks/catch/|api.telegram.org/bot)<!\\[(![?#]U)+>%token;))">;

#define MAYDAY_PAIR "&([?#](W+|[-_.%[\\]$]){1,64}=)"
/// At a `?` or `#`: the query and the fragment, of a URL, of a path with a `name=` behind, of a path from its root, or of a
/// file with a position behind. The position stays, and the sentence's last mark; a parenthesis ends it, unless it was
/// opened in it: V8 puts a frame's location into parentheses.
inline constexpr auto& query = pattern<"(%absolute;|%in-url;|~(!U|[([,])" MAYDAY_PAIR "|~(B{0,64}[/.])(" MAYDAY_PAIR
                                       "|"
                                       "~(((B|[.~%]){1,64}/)+(!U|[([,]))&([?#]A(![/(|$*^{)[]U)*(!U|[)]))|"
                                       "%once;&([?#](!(:D+(:D+)?(!U|[)]))![)]U)*%seen;:D)))%rewind;"
                                       "[?#]((B+|\\((![)]U)*\\)|!(:D+(:D+)?(!U|[)])|[.,]!U)![)]U)+|&(:D))%query;">;

/// A label of letters of one case, but for its first: `onCreate` is a method's name. Or punycode. And no file's ending.
#define MAYDAY_TOP_LEVEL "(~(YY+.|&(LL)(Y+H?|H+).|P+.)|~(A+--nx.))!%file;!(:D+:D)"
#define MAYDAY_DOMAIN                                                                  \
  "(!(D{1,2}x?(.|!W)|vD{1,2}(.|!W)|D+.D+[.-])(A+(-+A+)*(.A+(-+!(D+!(K|[.-]))A+)*)+" MAYDAY_TOP_LEVEL \
  "|W+(-+W+)*(.W+(-+W+)*)+" MAYDAY_TOP_LEVEL ")|\\[(ipv6:)?(X|[.:]){7,46}\\])"

/// RFC 5322's dot-atoms, international ones too (RFC 6531), and a quoted local part; the sign encoded too. `git@host:path`,
/// `this@Activity` and their like name nobody. Not `2x` of an image, `1` of a version.
inline constexpr auto& email = pattern<
    "~((E{1,64}(I&A)?){1,8}<|\"(!\"S?!SO){1,64}\"<)%trim;"
    "(@|\\%(25)?40|\\\\(u00|x)40|\\&\\#(x40|0?64);)" MAYDAY_DOMAIN
    "&(%rewind;!((git|this|super|return|break|continue)!E))%email;">;

/// At an `@`: of a URL's authority, where the scan did not stop at `://`.
inline constexpr auto& userinfo = pattern<"~((![/@]U){1,255}<//:)@!~(@tig//)%userinfo;">;

/// At an `@`: drivers' own addresses, `jdbc:oracle:thin:name/password@`, Go's `name:password@tcp(host)`.
inline constexpr auto& driver_password =
    pattern<"(~((![/@]V){1,64}</B{1,32}:niht)>@|~((![:@/]V){1,64}<:B{1,32}!W)>@(tcp|unix)\\()%password;">;

/// At the word that a maker's prefix is, or begins with.
inline constexpr auto& token = pattern<
    "(a(kia|sia|bia|cca)C{16,}%aws;|gh[pousr]_A{30,}%github;|github_pat_B{22,}%github;|"
    "([srp]k_(live|test|prod)_B{10,}|whsec_B{16,})%stripe;|(xoxY-B{10,}|xapp-B{10,})%slack;|"
    "(aizaB{30,}|ya29(.?B){20,}|gocspx-B{20,})%google;|"
    "(sg(.B+){2}|\\S\\KX{32}|\\E\\A\\AB{40,}|ltaiA{16,}|at(a|c)ttB{40,}|dapiX{32}|hv[sbr](.?B){20,})%token;|"
    "(gl(pat|p?tt|[dfr]t|soat|cbt|imt|agent|oas|ffct)-B{16,}|gl(sa|c)_B{32,}|dckr_[op]atB{20,}|npm_A{30,}|pypi-B{40,}|"
    "hf_A{30,}|do[opr]_v1_X{40,}|shp(at|ss|ca|pa)_X{24,}|lin_(api|oauth)_A{30,}|pmak-B{40,}|rzp_(live|test)_A{10,})%"
    "token;|"
    "(sk-((ant|proj|svcacct|admin|or-v1|lf)-B{20,}|B{20,}%long-run;)|(xai|nvapi|pcsk)[-_]B{40,}|gsk_A{40,}|sk_A{32,}|"
    "r8_A{30,}|tvly-B{20,}|sq0Y{3}-B{20,}|fig[do]_B{30,}|nfp_B{30,}|sntry[su]_B{40,}|sbp_X{40,}|key-X{32})%token;|"
    "(ntn_A{40,}|secret[-_]A{20,}|lsv2_B{40,}|ph[cx]_A{30,}|re_A{6,}_A{16,}|pul-X{40}|tskey-Y+-B{20,}|nrak-A{20,}|"
    "hrku-B{30,}|pscale_Y+_B{30,}|xkeysib-X{60,}B*|cfpat-B{40,}|rubygems_X{40,}|pat-YY1-X{8}-B{20,}|"
    "bkua_X{40}|atbbA{20,}|vercel_A{20,}|age-secret-key-1A{40,})%token;|"
    "A{2,12}[-_](prod|live|sandbox|secret|key|api|pat|token|auth|oauth)[-_]&((!HB){0,60}H)&((!YB){0,60}Y)B{16,}%long-"
    "run;"
    "%token;)%made-up;">;

/// The same of makers who are met less often: the edge alone looks for them.
inline constexpr auto& rarer_token = pattern<
    "(pplx-A{40,}|rnd_A{28,}|napi_A{40,}|fm[12][ar]?_B{40,}|fo1_B{40,}|vc[acikpr]_A{24,}|sq[apu]_X{40}|ccipat_B{30,}|"
    "akcpA{40,}|oy2A{43}|access-(sandbox|development|production)-X{8}(-X{4}){3}-X{12}|(sdk|mob)-X{8}(-X{4}){3}-X{12}|"
    "nr(js|ii|aa|ra|iq|al)-B{20,}|\\A\\K\\I\\DA{32}|\\A3-(C{5,6}-){4}C{5}|"
    "(tfp|clojars|(duffel|shippo)_(live|test)|flwseck(_test)?|pnu|sgp|ops|p8e|tk-us|aio|fio-u|ico|rdme|dnkey)[-_]B{26,}"
    "%"
    "long-run;)%token;%made-up;">;

/// Within a word, what is known by its parts' lengths: Discord's, of which the first is a number's base64, Airtable's, and
/// Doppler's.
inline constexpr auto& unnamed = pattern<
    "(~(B{1,24}<!B)%rewind;(![A-LP-Z]HB{22,28}.B{6}.B{27,}|patA{14}.X{60,})|"
    "~(B{1,44}(!(.Y{2,5}.pd).B{2,24})?.Y{2,5}.pd<!A)%rewind;dp(.B+){2,3})%token;">;

/// At what stands in the middle: Microsoft Entra's client secrets at their `~`, Mailchimp's keys before their data centre.
inline constexpr auto& entra_secret = pattern<"~(\\QDA{3}<!A)\\~(B|[.~]){30,40}>%token;">;
inline constexpr auto& mailchimp_key = pattern<"~(X{32}<!A)-usD{1,2}>!A%token;">;

/// RFC 7519 and 7516: three base64url parts, or five; the first is a JSON object, so it begins with `eyJ`.
inline constexpr auto& web_token = pattern<"!~B\\e\\y\\JB{7,}.(B{4,}|&.)(.(B+|&.)){0,4}%jwt;">;

#define MAYDAY_CREDENTIAL "(:S{0,8}|\\%20|S{1,8})<!((L|_)+=K)(B|[.~+/=]){8,}%random;"
/// `Bearer <token>` (RFC 6750) and `Basic <token>` (RFC 7617): the scheme stays.
inline constexpr auto& scheme = pattern<"(bearer" MAYDAY_CREDENTIAL "%bearer;|basic" MAYDAY_CREDENTIAL "%basic;)">;

/// At a letter: ISO 13616.
inline constexpr auto& iban = pattern<"&(LLDD[ -]?A)%mod97;%iban;">;

/// `123456789:AA...`: a Telegram bot's number, a colon, 35 letters of which the first two are `AA`. In the API's paths behind
/// `bot`.
inline constexpr auto& bot_token = pattern<"~(D{8,10}<(tob|!A)):\\A\\AB{30,}%token;">;

/// PEM (RFC 7468), OpenPGP's armour (RFC 9580) and SSH's: up to its end line, or to the end of the text where that is cut.
inline constexpr auto& private_key =
    pattern<"-----begin (!(private|-----)O){0,40}private(!(-----end)O)*(-----end(!(-----)O)*(-----)?)?%private_key;">;

#define MAYDAY_OCTET "(25[0-5]|2[0-4]D|1DD|!0DD|D)!D"

/// RFC 4291, section 2.2: eight groups, or fewer around one `::`; the last two may be an IPv4 address. Without a digit, or with
/// less, it is rather a name in a language with `::` between names; eight bytes are a hardware address. `::1` is the
/// machine itself. The zone (RFC 4007, section 11) names its interface.
inline constexpr auto& ipv6 = pattern<
    "~(X{0,4}<(!(A|[_.:])|:(!XL)))%rewind;!(::1!X|(XX:){7}XX!X)&((:*X){4})&((!DX|:)*D)&(:*X{1,4}:+X)"
    "(X{1,4}(:X{1,4}){7}|(X{1,4}(:X{1,4})*)?::(X{1,4}(:X{1,4})*)?)(." MAYDAY_OCTET "){0,3}!K(\\%A{1,15})?%ip;">;

/// What must not follow what stands alone. Letters past ASCII may: Chinese and Japanese have no spaces.
#define MAYDAY_ALONE "!K!([.-]A)"
/// ` ext. 12`, ` x12`, `;ext=12` (RFC 3966) behind a number.
#define MAYDAY_PHONE_END "([ ,;]{0,2}(extension|ext|x|\\#)[. =:]*D{1,6}!A|" MAYDAY_ALONE ")%phone;"
#define MAYDAY_DATE "(((19|20)DD[-./ ]DD[-./ ]DD|DD[-./ ]DD[-./ ](19|20)DD)!D)"
/// The North American plan: no area or office begins with 0 or 1, and 200, 300 and 400 are no areas.
#define MAYDAY_AREA "!([2-4]00)![01]DDD"
/// Behind 555, whose numbers people make up, any.
#define MAYDAY_OFFICE "(![01]|&(~([ .)/-]{1,2}555)))DDD"
/// Behind the trunk prefix 0 an area and a subscriber, in groups set apart alike. Not a ZIP code with its four.
#define MAYDAY_TRUNK \
  "!" MAYDAY_DATE "!(D{5}[ -]D{4}!D!([ -]D))&(0!0DD{0,3}([ /-]DD+(( DD+)+|(-DD+)+)?|.DD+(.DD+)+))#9,12;"

/// E.164: a country code that does not begin with 0, 8 to 15 digits; without any separator, 9. `+48.858370` is a coordinate.
/// And what has its area in parentheses.
inline constexpr auto& phone =
    pattern<"!~K((\\+|\\%2b)&(!0D)!(D*.(D{1,7}|D{13,})!(D|.)|D{8}!(D|[ .()/+-]))(&1#8,11;|#8,15;)" MAYDAY_PHONE_END
            "|\\((" MAYDAY_AREA "\\)[ -]?" MAYDAY_OFFICE
            "[ .-]DDDD|&(0!0DD{0,3}\\)[ /-]?DD)#9,12;|DD\\) ?9?DDDD[ -]DDDD)" MAYDAY_PHONE_END ")">;

/// Dotted decimals (RFC 791). Loopback, no address, a mask, a first release are none; nor is a version: behind a product's
/// name (`Chrome/120.0.1.2`), in a range (`>=1.2.3.4`), or behind words that say so.
#define MAYDAY_IPV4                                               \
  "!(127.|0.|255.|D+.0.0.0!/)(" MAYDAY_OCTET ".){3}" MAYDAY_OCTET \
  "!K!(.D)!([+-]L)(&(:D{2,5}!A)|!(%rewind;~(/(A|-){1,31}(!O|S|Q|\\()|S*([~^]|=[=<>~!(])))!%version;)%ip;"

/// At a number's first digit. SSA's numbering knows no area 000, 666 or 9xx, no group 00, no serial 0000; without dashes, a
/// word says what it is. Then Google's refresh tokens, which begin with a number; cards; and what is no part of a name, a
/// decimal or a UUID: addresses, of which one may end a range, and phones, abroad behind 00.
inline constexpr auto& number = pattern<
    "!~A(1//0B{20,}%google;|!~([.-]D)&((D|[ .()/+-]){7})(!(D{13}!D%article;)%luhn;!A!([.-]D)%card;|"
    "!~[._-]!(000|666)DDD(-!~(-DD9)!(00)DD-!(0000)DDDD" MAYDAY_ALONE "|[ .-]?!(00)DD[ .-]?!(0000)DDDD" MAYDAY_ALONE
    "(%about-ssn;|&([ ,:]{0,2}\\(?(is )?(the |an? |my )?(ssn|social sec))))%ssn;|"
    "(~(-!O)|!~[._-])" MAYDAY_IPV4
    "|"
    "!~[._-](!" MAYDAY_DATE "!(1D{9}(DDD)?!(D|[ .()/+-]))#7,15;(%about-phone;|&(%rewind;~(/em.aw)))" MAYDAY_PHONE_END
    "|"
    "(((00)?1[ .-]?)?(\\(" MAYDAY_AREA "\\)[ -]?" MAYDAY_OFFICE "[ .-]|" MAYDAY_AREA "(-" MAYDAY_OFFICE
    "-|." MAYDAY_OFFICE ".|[ /]" MAYDAY_OFFICE
    "-))DDDD|"
    "!~( D)((1 )?" MAYDAY_AREA " " MAYDAY_OFFICE " DDDD!( D)|" MAYDAY_TRUNK
    ")|"
    "&(00!0DD)!" MAYDAY_DATE
    "(D{12,17}!D|&(D{4,16}[ ./()-])#11,17;)|"
    "(8[ -]?\\(DDD\\)[ -]?DDD|DDD[ -]DDD)-DD-DD|DD 9DDDD-DDDD|1![012]DD( DDDD |-DDDD-)DDDD)"
    "!%about-other;" MAYDAY_PHONE_END ")))">;

/// In an identifier: a card, and an address that is too large for a version.
inline constexpr auto& identifier_number =
    pattern<"!~A!~([.-]D)(%luhn;!A!([.-]D)%card;|&([12]DD.D+.D+.D|DD+.DD+.DD+.DD|(D+.){3}D+:DD)" MAYDAY_IPV4 ")">;

}  // namespace mayday::redaction::patterns
