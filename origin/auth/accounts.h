#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mayday/base/timestamp.h"
#include "origin/auth/identity.h"
#include "origin/sql/database.h"

namespace mayday::origin::auth {

/// Why there is no sign-in. Spelled on the wire by `to_string`.
enum class Refusal {
  none,
  invalid_email,
  weak_password,
  email_taken,
  invalid_credentials,
  too_many_attempts,
  invalid_refresh_token,
  token_reused,  ///< A refresh token came a second time: the whole sign-in it belongs to has been ended.
  storage_failed,
};
std::string_view to_string(Refusal refusal);

struct Account {
  Identity identity;
  std::string email;
};

struct SignIn {
  Refusal refusal = Refusal::none;
  std::string_view weakness;       ///< With `weak_password`: why, for a person.
  std::int64_t retry_after_s = 0;  ///< With `too_many_attempts`.
  Account account;
  std::string access_token;
  std::string refresh_token;
};

/// Who may sign in, and their refresh tokens. Each is exchanged once; one that comes again was copied, and ends the sign-in it
/// belongs to (RFC 9700, section 4.14.2). Passwords are tried ever more slowly: five for one account from one address, then
/// each failure doubles the wait, up to 15 minutes; likewise behind 20 from one address and 100 for one account.
/// Blocking, and for any thread: see password.h for what it costs.
class Accounts {
 public:
  struct Secrets {
    std::string access;
    std::string refresh;
  };

  Accounts(sql::Database& database, Secrets secrets) : database_(database), secrets_(std::move(secrets)) {}

  SignIn register_user(std::string_view email, std::string_view password, std::string_view display_name,
                       std::string_view address, Timestamp now);
  SignIn sign_in(std::string_view email, std::string_view password, std::string_view address, Timestamp now);

  /// Exchanges a refresh token for a new pair.
  SignIn refresh(std::string_view refresh_token, Timestamp now);

  /// Ends the sign-in that the token belongs to; what is no token of ours is ignored.
  Result<void> sign_out(std::string_view refresh_token, Timestamp now);

  /// Makes an account of any role, or gives an existing one this role and password, and ends its sign-ins.
  Refusal put(std::string_view email, std::string_view password, std::string_view display_name, Role role,
              Timestamp now, std::string_view* weakness = nullptr);

  std::optional<Identity> identify(std::string_view access_token, Timestamp now) const;

 private:
  SignIn open(const Account& account, std::string family, Timestamp now);
  SignIn refuse(Refusal refusal) const { return {.refusal = refusal}; }

  sql::Database& database_;
  Secrets secrets_;
};

/// In lower case; nothing where it is no address that mail could be sent to.
std::optional<std::string> normal_email(std::string_view email);

}  // namespace mayday::origin::auth
