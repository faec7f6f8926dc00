#include "origin/auth/accounts.h"

#include <array>

#include "mayday/base/sha256.h"
#include "mayday/base/uuid.h"
#include "origin/auth/attempts.h"
#include "origin/auth/password.h"
#include "origin/auth/token.h"
#include "origin/random_id.h"

namespace mayday::origin::auth {
namespace {

constexpr std::size_t email_bytes_max = 254;  // RFC 5321, section 4.5.3.1.3.
constexpr std::int64_t free_by_account_and_address = 5;
constexpr std::int64_t free_by_address = 20;
constexpr std::int64_t free_by_account = 100;
constexpr std::int64_t free_registrations = 10;

/// A hash stands for the address, so that the table of failures tells nobody who tried what.
std::string digest(std::string_view text) {
  std::string hex(64, '\0');
  format_digest(sha256(text), hex.data());
  return hex;
}

std::vector<Attempt> attempts_of(std::string_view email, std::string_view address) {
  const std::string account = digest(email);
  return {{"account:" + account + ":" + std::string(address), free_by_account_and_address, true},
          {"address:" + std::string(address), free_by_address},
          {"account:" + account, free_by_account}};
}

struct Stored {
  Account account;
  std::string password_hash;
};

constexpr std::string_view columns = "SELECT id, email, display_name, role, password_hash FROM users WHERE ";

Stored stored_of(const sql::Row& row) {
  return {.account = {.identity = {.user_id = std::string(row.text(0)),
                                   .role = parse_role(row.text(3)).value_or(Role::user),
                                   .display_name = std::string(row.text(2))},
                      .email = std::string(row.text(1))},
          .password_hash = std::string(row.text(4))};
}

Result<std::optional<Stored>> find(sql::Database& database, std::string_view by, std::string_view value) {
  const Result<sql::Answer> answer = database.run(std::string(columns) + std::string(by) + " = $1", {sql::text(value)});
  if (!answer) return answer.error();
  if (answer->rows.empty()) return std::optional<Stored>();
  return std::optional<Stored>(stored_of(answer->rows[0]));
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::invalid_email: return "invalid_email";
    case Refusal::weak_password: return "weak_password";
    case Refusal::email_taken: return "email_taken";
    case Refusal::invalid_credentials: return "invalid_credentials";
    case Refusal::too_many_attempts: return "too_many_attempts";
    case Refusal::invalid_refresh_token: return "invalid_refresh_token";
    case Refusal::token_reused: return "token_reused";
    case Refusal::storage_failed: return "storage_failed";
  }
  return "storage_failed";
}

std::optional<std::string> normal_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (email.size() > email_bytes_max || at == std::string_view::npos || at == 0 || at > 64) return std::nullopt;
  const std::string_view domain = email.substr(at + 1);
  if (domain.find('.') == std::string_view::npos || domain.front() == '.' || domain.back() == '.') return std::nullopt;
  std::string normal;
  for (char c : email) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' || c == '"') return std::nullopt;
    normal += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return normal.find('@') == at ? std::optional(normal) : std::nullopt;
}

SignIn Accounts::open(const Account& account, std::string family, Timestamp now) {
  const RefreshToken token{.user_id = account.identity.user_id, .id = random_id(), .family = std::move(family)};
  const Result<void> kept = database_.transact([&](sql::Session& session) -> Result<void> {
    const Result<sql::Answer> swept =
        session.run("DELETE FROM refresh_tokens WHERE expires_ms < $1", {sql::number(now.ms)});
    if (!swept) return swept.error();
    const Result<sql::Answer> added =
        session.run("INSERT INTO refresh_tokens (id, family, user_id, expires_ms) VALUES ($1, $2, $3, $4)",
                    {sql::text(token.id), sql::text(token.family), sql::text(token.user_id),
                     sql::number(now.ms + refresh_lifetime_s * 1'000)});
    return added ? Result<void>() : Result<void>(added.error());
  });
  if (!kept) return refuse(Refusal::storage_failed);
  return {.account = account,
          .access_token = sign_access_token(account.identity, secrets_.access, now),
          .refresh_token = sign_refresh_token(token, secrets_.refresh, now)};
}

SignIn Accounts::register_user(std::string_view email, std::string_view password, std::string_view display_name,
                               std::string_view address, Timestamp now) {
  const std::optional<std::string> normal = normal_email(email);
  if (!normal) return refuse(Refusal::invalid_email);
  if (const std::string_view weakness = password_weakness(password, *normal); !weakness.empty()) {
    return {.refusal = Refusal::weak_password, .weakness = weakness};
  }
  const std::vector<Attempt> attempts{{"registration:" + std::string(address), free_registrations}};
  const Result<std::int64_t> wait = seconds_to_wait(database_, attempts, now);
  if (!wait) return refuse(Refusal::storage_failed);
  if (*wait > 0) return {.refusal = Refusal::too_many_attempts, .retry_after_s = *wait};
  if (!count_failure(database_, attempts, now)) return refuse(Refusal::storage_failed);
  const std::string hash = hash_password(password);
  if (hash.empty()) return refuse(Refusal::storage_failed);
  const Account account{.identity = {.user_id = random_id(), .display_name = std::string(display_name)},
                        .email = *normal};
  const Result<sql::Answer> added = database_.run(
      "INSERT INTO users (id, email, display_name, role, password_hash, created_ms) VALUES ($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT (email) DO NOTHING",
      {sql::text(account.identity.user_id), sql::text(*normal), sql::text(display_name),
       sql::text(to_string(Role::user)), sql::text(hash), sql::number(now.ms)});
  if (!added) return refuse(Refusal::storage_failed);
  if (added->changes == 0) return refuse(Refusal::email_taken);
  return open(account, random_id(), now);
}

SignIn Accounts::sign_in(std::string_view email, std::string_view password, std::string_view address, Timestamp now) {
  const std::string normal = normal_email(email).value_or(std::string());
  const std::vector<Attempt> attempts = attempts_of(normal, address);
  const Result<std::int64_t> wait = seconds_to_wait(database_, attempts, now);
  if (!wait) return refuse(Refusal::storage_failed);
  if (*wait > 0) return {.refusal = Refusal::too_many_attempts, .retry_after_s = *wait};
  // Counted before the password is looked at: a hundred requests at once are not a hundred free tries.
  if (!count_failure(database_, attempts, now)) return refuse(Refusal::storage_failed);
  const Result<std::optional<Stored>> found = find(database_, "email", normal);
  if (!found) return refuse(Refusal::storage_failed);
  const std::optional<Stored>& stored = *found;
  // Whether there is such an account, the time it takes does not tell.
  const bool fits = password.size() <= password_bytes_max &&
                    verify_password(password, stored ? stored->password_hash : std::string());
  if (!fits || !stored) return refuse(Refusal::invalid_credentials);
  // An account of one's own must not clear the way to another's.
  if (!count_success(database_, attempts)) return refuse(Refusal::storage_failed);
  return open(stored->account, random_id(), now);
}

SignIn Accounts::refresh(std::string_view refresh_token, Timestamp now) {
  const std::optional<RefreshToken> token = read_refresh_token(refresh_token, secrets_.refresh, now);
  if (!token) return refuse(Refusal::invalid_refresh_token);
  Refusal refusal = Refusal::none;
  const Result<void> exchanged = database_.transact([&](sql::Session& session) -> Result<void> {
    refusal = Refusal::none;
    const Result<sql::Answer> used =
        session.run("UPDATE refresh_tokens SET used_ms = $1 WHERE id = $2 AND used_ms IS NULL",
                    {sql::number(now.ms), sql::text(token->id)});
    if (!used) return used.error();
    if (used->changes == 1) return {};
    const Result<sql::Answer> ended =
        session.run("DELETE FROM refresh_tokens WHERE family = $1", {sql::text(token->family)});
    if (!ended) return ended.error();
    refusal = ended->changes > 0 ? Refusal::token_reused : Refusal::invalid_refresh_token;
    return {};
  });
  if (!exchanged) return refuse(Refusal::storage_failed);
  if (refusal != Refusal::none) return refuse(refusal);
  const Result<std::optional<Stored>> found = find(database_, "id", token->user_id);
  if (!found) return refuse(Refusal::storage_failed);
  const std::optional<Stored>& stored = *found;
  if (!stored) return refuse(Refusal::invalid_refresh_token);
  return open(stored->account, token->family, now);
}

Result<void> Accounts::sign_out(std::string_view refresh_token, Timestamp now) {
  const std::optional<RefreshToken> token = read_refresh_token(refresh_token, secrets_.refresh, now);
  if (!token) return {};
  const Result<sql::Answer> ended =
      database_.run("DELETE FROM refresh_tokens WHERE family = $1", {sql::text(token->family)});
  return ended ? Result<void>() : Result<void>(ended.error());
}

Refusal Accounts::put(std::string_view email, std::string_view password, std::string_view display_name, Role role,
                      Timestamp now, std::string_view* weakness) {
  const std::optional<std::string> normal = normal_email(email);
  if (!normal) return Refusal::invalid_email;
  const std::string_view weak = password_weakness(password, *normal);
  if (weakness) *weakness = weak;
  if (!weak.empty()) return Refusal::weak_password;
  const std::string hash = hash_password(password);
  if (hash.empty()) return Refusal::storage_failed;
  const Result<void> done = database_.transact([&](sql::Session& session) -> Result<void> {
    const Result<sql::Answer> stored = session.run(
        "INSERT INTO users (id, email, display_name, role, password_hash, created_ms) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (email) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash,"
        " display_name = excluded.display_name RETURNING id",
        {sql::text(random_id()), sql::text(*normal), sql::text(display_name), sql::text(to_string(role)),
         sql::text(hash), sql::number(now.ms)});
    if (!stored) return stored.error();
    const Result<sql::Answer> ended =
        session.run("DELETE FROM refresh_tokens WHERE user_id = $1", {sql::text(stored->rows.at(0).text(0))});
    return ended ? Result<void>() : Result<void>(ended.error());
  });
  return done ? Refusal::none : Refusal::storage_failed;
}

std::optional<Identity> Accounts::identify(std::string_view access_token, Timestamp now) const {
  return read_access_token(access_token, secrets_.access, now);
}

}  // namespace mayday::origin::auth
