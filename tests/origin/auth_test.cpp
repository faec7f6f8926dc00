#include <gtest/gtest.h>
#include <sodium.h>

#include "mayday/base/sha256.h"
#include "origin/auth/accounts.h"
#include "origin/auth/password.h"
#include "origin/auth/token.h"
#include "tests/origin/events.h"

namespace mayday::origin::test {
namespace {

using namespace auth;

constexpr std::string_view secret = "a secret of the tests, 32 bytes +";
constexpr std::string_view good_password = "nine purple llamas";

std::string base64url(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();
  return text;
}

/// A token as another library might make it.
std::string token_of(std::string_view header, std::string_view claims, std::string_view key = secret) {
  const std::string text = base64url(header) + "." + base64url(claims);
  const Sha256Digest digest = hmac_sha256(key, text);
  return text + "." + base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string claims_of(std::string_view more) {
  const std::int64_t now_s = noon.ms / 1'000;
  return R"({"sub":"u1","iat":)" + std::to_string(now_s) + R"(,"exp":)" + std::to_string(now_s + 60) +
         std::string(more) + "}";
}

constexpr std::string_view plain_header = R"({"typ":"JWT","alg":"HS256"})";

TEST(Token, TellsWhoAsks) {
  const std::string token =
      sign_access_token({.user_id = "u1", .role = Role::agent, .display_name = "Åsa"}, secret, noon);
  const std::optional<Identity> identity = read_access_token(token, secret, noon);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user_id, "u1");
  EXPECT_EQ(identity->role, Role::agent);
  EXPECT_EQ(identity->display_name, "Åsa");
}

TEST(Token, OfAnothersBackendIsTakenAndIsAUsersWithoutARole) {
  const std::optional<Identity> identity = read_access_token(token_of(plain_header, claims_of("")), secret, noon);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->role, Role::user);
}

TEST(Token, EndsWithItsTime) {
  const std::string token = sign_access_token({.user_id = "u1"}, secret, noon);
  EXPECT_TRUE(read_access_token(token, secret, {noon.ms + access_lifetime_s * 1'000 - 1'000}));
  EXPECT_FALSE(read_access_token(token, secret, {noon.ms + access_lifetime_s * 1'000}));
  EXPECT_FALSE(read_access_token(token, secret, {noon.ms - 120'000})) << "not issued yet";
}

TEST(Token, OfNoOtherKindIsTaken) {
  const std::string good = token_of(plain_header, claims_of(""));
  EXPECT_FALSE(read_access_token(good, "another secret", noon));
  EXPECT_FALSE(read_access_token(good, "", noon));
  EXPECT_FALSE(read_access_token(good + "A", secret, noon));
  EXPECT_FALSE(read_access_token(good.substr(0, good.rfind('.') + 1), secret, noon)) << "no signature";
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"hs256"})", R"({"typ":"JWT"})", R"(["HS256"])",
        R"({"alg":"HS256","crit":["x"]})", R"({"alg":"HS256","jwk":{}})", R"({"alg":"HS256","typ":"at+jwt"})"}) {
    EXPECT_FALSE(read_access_token(token_of(header, claims_of("")), secret, noon)) << header;
  }
  for (const char* more : {R"(,"role":"root")", R"(,"role":7)", R"(,"use":"refresh")", R"(,"nbf":99999999999)",
                           R"(,"exp":99999999999)", R"(,"exp":1)", R"(,"sub":"")", R"(,"iat":"now")"}) {
    EXPECT_FALSE(read_access_token(token_of(plain_header, claims_of(more)), secret, noon)) << more;
  }
  EXPECT_FALSE(read_access_token(sign_refresh_token({"u1", "t", "f"}, secret, noon), secret, noon));
  EXPECT_FALSE(read_refresh_token(sign_access_token({.user_id = "u1"}, secret, noon), secret, noon));
}

TEST(Password, WeakOnesAreNamed) {
  for (const char* weak : {"short", "password123", "P@ssw0rd2026!", "ChangeMe123!", "1234567890", "aaaaaaaaaaaa",
                           "jane.doe@example.com", "Jane.Doe2026!", "abababababab", "abcdefghijkl"}) {
    EXPECT_FALSE(password_weakness(weak, "jane.doe@example.com").empty()) << weak;
  }
  EXPECT_FALSE(password_weakness(std::string(257, 'x'), "a@example.com").empty());
  for (const char* good : {"nine purple llamas", "kT7#vq0Lz9", "пароль из слов"}) {
    EXPECT_EQ(password_weakness(good, "jane.doe@example.com"), "") << good;
  }
}

class AccountsTest : public testing::Test {
 protected:
  AccountsTest() : database_(open()), accounts_(*database_, {"access secret", "refresh secret"}) {}

  std::unique_ptr<sql::Database> open() {
    Result<std::unique_ptr<sql::Database>> opened = sql::open_sqlite(folder_.file("desk.db"));
    MAYDAY_ASSERT(opened);
    return std::move(*opened);
  }

  SignIn sign_in(std::string_view password, Timestamp now = noon, std::string_view address = "192.0.2.1") {
    return accounts_.sign_in("Jane@Example.com", password, address, now);
  }

  Folder folder_;
  std::unique_ptr<sql::Database> database_;
  Accounts accounts_;
};

TEST_F(AccountsTest, RegistersOnceAndSignsIn) {
  const SignIn first = accounts_.register_user("jane@example.com", good_password, "Jane", "192.0.2.1", noon);
  ASSERT_EQ(first.refusal, Refusal::none);
  EXPECT_EQ(accounts_.identify(first.access_token, noon)->role, Role::user);
  EXPECT_EQ(accounts_.register_user("JANE@example.com", good_password, "Eve", "192.0.2.1", noon).refusal,
            Refusal::email_taken);
  const SignIn again = sign_in(good_password);
  ASSERT_EQ(again.refusal, Refusal::none);
  EXPECT_EQ(again.account.identity.user_id, first.account.identity.user_id);
  EXPECT_EQ(accounts_.register_user("no address", good_password, "", "192.0.2.1", noon).refusal,
            Refusal::invalid_email);
  EXPECT_EQ(accounts_.register_user("eve@example.com", "password123", "", "192.0.2.1", noon).refusal,
            Refusal::weak_password);
}

TEST_F(AccountsTest, StoresNoPasswordAndNoToken) {
  const SignIn opened = accounts_.register_user("jane@example.com", good_password, "Jane", "192.0.2.1", noon);
  const Result<sql::Answer> users = database_->run("SELECT password_hash FROM users");
  EXPECT_TRUE(users->rows.at(0).text(0).starts_with("$argon2id$"));
  const Result<sql::Answer> tokens = database_->run("SELECT id FROM refresh_tokens");
  EXPECT_EQ(opened.refresh_token.find(tokens->rows.at(0).text(0)), std::string::npos);
}

TEST_F(AccountsTest, ARefreshTokenWorksOnceAndItsCopyEndsTheSignIn) {
  const SignIn first = accounts_.register_user("jane@example.com", good_password, "Jane", "192.0.2.1", noon);
  const SignIn second = accounts_.refresh(first.refresh_token, noon);
  ASSERT_EQ(second.refusal, Refusal::none);
  EXPECT_EQ(accounts_.refresh(first.refresh_token, noon).refusal, Refusal::token_reused);
  EXPECT_EQ(accounts_.refresh(second.refresh_token, noon).refusal, Refusal::invalid_refresh_token)
      << "the honest one is out too, and signs in anew";
  EXPECT_EQ(accounts_.refresh("nonsense", noon).refusal, Refusal::invalid_refresh_token);
}

TEST_F(AccountsTest, SigningOutEndsThatSignInAlone) {
  const SignIn one = accounts_.register_user("jane@example.com", good_password, "Jane", "192.0.2.1", noon);
  const SignIn other = sign_in(good_password);
  ASSERT_TRUE(accounts_.sign_out(one.refresh_token, noon));
  EXPECT_EQ(accounts_.refresh(one.refresh_token, noon).refusal, Refusal::invalid_refresh_token);
  EXPECT_EQ(accounts_.refresh(other.refresh_token, noon).refusal, Refusal::none);
}

TEST_F(AccountsTest, GuessingIsSlowedAndTheRightPasswordMustWaitToo) {
  accounts_.register_user("jane@example.com", good_password, "Jane", "192.0.2.1", noon);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("wrong").refusal, Refusal::invalid_credentials);
  const SignIn slowed = sign_in(good_password);
  EXPECT_EQ(slowed.refusal, Refusal::too_many_attempts);
  EXPECT_EQ(slowed.retry_after_s, 1);
  EXPECT_EQ(sign_in("wrong", {noon.ms + 1'000}).refusal, Refusal::invalid_credentials);
  EXPECT_EQ(sign_in(good_password, {noon.ms + 1'000}).retry_after_s, 2) << "each failure doubles the wait";
  EXPECT_EQ(sign_in(good_password, noon, "192.0.2.2").refusal, Refusal::none) << "elsewhere the owner gets in";
  EXPECT_EQ(sign_in(good_password, {noon.ms + 3'000}).refusal, Refusal::none);
  EXPECT_EQ(sign_in("wrong", {noon.ms + 3'000}).refusal, Refusal::invalid_credentials) << "it begins anew";
}

TEST_F(AccountsTest, AnAdminIsMadeByTheOperatorAndNewPasswordsEndOldSignIns) {
  ASSERT_EQ(accounts_.put("jane@example.com", good_password, "Jane", Role::admin, noon), Refusal::none);
  const SignIn signed_in = sign_in(good_password);
  EXPECT_EQ(signed_in.account.identity.role, Role::admin);
  ASSERT_EQ(accounts_.put("jane@example.com", "eleven green newts", "Jane", Role::admin, noon), Refusal::none);
  EXPECT_EQ(accounts_.refresh(signed_in.refresh_token, noon).refusal, Refusal::invalid_refresh_token);
  EXPECT_EQ(sign_in(good_password).refusal, Refusal::invalid_credentials);
  EXPECT_EQ(accounts_.put("jane@example.com", "ChangeMe123!", "Jane", Role::admin, noon), Refusal::weak_password);
}

}  // namespace
}  // namespace mayday::origin::test
