#include <nlohmann/json.hpp>

#include "origin/clock.h"
#include "origin/http/json_body.h"
#include "origin/http/routes.h"
#include "origin/http/session.h"

namespace mayday::origin::http {
namespace {

using auth::Refusal;
using nlohmann::json;

constexpr std::size_t email_chars_max = 254;
constexpr std::size_t password_chars_max = 256;
constexpr std::size_t display_name_chars_max = 80;
constexpr std::size_t token_chars_max = 4'096;

json to_json(const auth::Account& account) {
  return {{"id", account.identity.user_id},
          {"email", account.email},
          {"display_name", account.identity.display_name},
          {"role", auth::to_string(account.identity.role)}};
}

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return 200;
    case Refusal::invalid_email:
    case Refusal::weak_password: return 400;
    case Refusal::email_taken: return 409;
    case Refusal::too_many_attempts: return 429;
    case Refusal::storage_failed: return 503;
    default: return 401;
  }
}

Response refuse(const Request& request, const auth::SignIn& refused) {
  Response response = error_response(request, status_of(refused.refusal), to_string(refused.refusal),
                                     refused.refusal == Refusal::invalid_email   ? "email"
                                     : refused.refusal == Refusal::weak_password ? "password"
                                                                                 : "");
  if (!refused.weakness.empty()) {
    json body = json::parse(response.body);
    body["reason"] = std::string("The password ") + std::string(refused.weakness);
    response.body = body.dump();
  }
  if (refused.retry_after_s > 0) response.headers.emplace_back("retry-after", std::to_string(refused.retry_after_s));
  return response;
}

/// Programs get the tokens; a page that asks for cookies never sees them.
Response open(const Services& services, const Request& request, const auth::SignIn& signed_in, bool by_cookie,
              int status) {
  if (signed_in.refusal != Refusal::none) return refuse(request, signed_in);
  json body{{"user", to_json(signed_in.account)}};
  if (!by_cookie) {
    body["access_token"] = signed_in.access_token;
    body["refresh_token"] = signed_in.refresh_token;
    body["token_type"] = "Bearer";
    body["expires_in"] = 15 * 60;
  }
  Response response = json_response(body, status);
  if (by_cookie) set_cookies(response, signed_in, services.config.policy.is_prod);
  return response;
}

struct GivenToken {
  std::string token;
  bool by_cookie = false;
  std::optional<Response> refusal;
};

/// The refresh token of the body, else of the cookie, which only our own page may use.
GivenToken read_refresh_token(const Request& request) {
  JsonBody body(request);
  GivenToken given{.token = body.text("refresh_token", token_chars_max)};
  given.refusal = body.refusal(request);
  given.by_cookie = given.token.empty();
  if (given.refusal || !given.by_cookie) return given;
  given.token = cookie_of(request, refresh_cookie);
  if (!is_own_page(request)) given.refusal = error_response(request, 403, to_string(Code::origin_not_allowed));
  return given;
}

}  // namespace

Answered register_user(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const std::string email = body.required_text("email", email_chars_max);
  const std::string password = body.required_text("password", password_chars_max);
  const std::string display_name = body.text("display_name", display_name_chars_max);
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  return run_on(services.hashers, request, reply, [&services, &request, email, password, display_name] {
    const auth::SignIn signed_in =
        services.accounts.register_user(email, password, display_name, request.client_address, wall_clock_now());
    return open(services, request, signed_in, false, 201);
  });
}

Answered sign_in(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const std::string email = body.required_text("email", email_chars_max);
  const std::string password = body.required_text("password", password_chars_max);
  const bool by_cookie = body.flag("cookie");
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  if (by_cookie && !is_own_page(request)) return error_response(request, 403, to_string(Code::origin_not_allowed));
  return run_on(services.hashers, request, reply, [&services, &request, email, password, by_cookie] {
    const auth::SignIn signed_in = services.accounts.sign_in(email, password, request.client_address, wall_clock_now());
    return open(services, request, signed_in, by_cookie, 200);
  });
}

Answered refresh_sign_in(Services& services, Request& request, const Reply& reply) {
  const GivenToken given = read_refresh_token(request);
  if (given.refusal) return given.refusal;
  return ask_store(services, request, reply, [&services, &request, given] {
    const auth::SignIn signed_in = services.accounts.refresh(given.token, wall_clock_now());
    Response response = open(services, request, signed_in, given.by_cookie, 200);
    if (given.by_cookie && response.status == 401) clear_cookies(response, services.config.policy.is_prod);
    return response;
  });
}

Answered sign_out(Services& services, Request& request, const Reply& reply) {
  const GivenToken given = read_refresh_token(request);
  if (given.refusal) return given.refusal;
  return ask_store(services, request, reply, [&services, &request, given] {
    if (!services.accounts.sign_out(given.token, wall_clock_now())) {
      return store_failure_response(request, Code::storage_failed);
    }
    Response response;
    response.status = 204;
    if (given.by_cookie) clear_cookies(response, services.config.policy.is_prod);
    return response;
  });
}

Answered show_identity(Services&, Request& request, const Reply&) {
  const auth::Identity& identity = request.caller();
  return json_response({{"user",
                         {{"id", identity.user_id},
                          {"display_name", identity.display_name},
                          {"role", auth::to_string(identity.role)}}}});
}

}  // namespace mayday::origin::http
