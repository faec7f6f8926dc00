#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Passwords by argon2id (RFC 9106), as libsodium does it. Each call takes some 64 MiB and a tenth of a second: on a queue
/// of its own (http::Services::hashers), never on a connection's thread.
namespace mayday::origin::auth {

inline constexpr std::size_t password_bytes_min = 10;
inline constexpr std::size_t password_bytes_max = 256;

/// Why `password` is none for the account of `email`, in one clause for a person: `is one of the best-known passwords`. Empty
/// where it will do (NIST SP 800-63B, section 5.1.1.2: length and a list, no rules of composition).
std::string_view password_weakness(std::string_view password, std::string_view email);

/// The encoded hash, with its salt and parameters. Empty where there is no memory for it.
std::string hash_password(std::string_view password);

/// The same work is done, and false is the answer, where `hash` is empty: whoever asks can't tell an account that is not there.
bool verify_password(std::string_view password, const std::string& hash);

}  // namespace mayday::origin::auth
