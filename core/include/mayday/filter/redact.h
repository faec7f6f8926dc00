#pragma once

#include <cstdint>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/event/schema.h"

namespace mayday {

/// What was taken out of a text. Spelled `[redacted:<kind>]` in its place; `query` and `userinfo`, parts of a URL, leave
/// nothing behind.
enum class Secret : std::uint8_t {
  email,
  phone,
  card,
  iban,
  ssn,
  ip,
  jwt,
  bearer,
  basic,
  aws,
  github,
  stripe,
  slack,
  google,
  token,  ///< Of any other maker, known by its form.
  private_key,
  password,
  query,
  userinfo,
};

std::string_view to_string(Secret kind);

/// The first kind that was found, if any.
struct Redaction {
  bool changed = false;
  Secret first = Secret::email;
  bool key_is_open = false;  ///< The text ended within a private key: if lines follow, they are more of it.
};

/// Appends `text` to `out` without the secrets that `profile` looks for. If nothing was found, `out` is untouched and
/// `changed` is false: the caller still has the text. Linear in `text`, whatever it holds. `text` is well-formed UTF-8,
/// and what is written too. Applied to its own output, it
/// changes nothing, but where a query that went left a name beside a number that it had kept apart. `slack` bytes behind `text` may be read, though
/// they mean nothing: with 18 of them a short text is looked at as fast as a piece of a long one.
Redaction redact(std::string_view text, schema::Profile profile, Buffer& out, std::size_t slack = 0);

}  // namespace mayday
