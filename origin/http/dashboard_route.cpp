#include "origin/dashboard/assets.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

Answered show_dashboard(Services&, Request& request, const Reply&) {
  const dashboard::Asset* asset = dashboard::find_asset(request.path);
  if (!asset) return error_response(request, 404, to_string(Code::not_found));
  Response response;
  response.content_type = asset->content_type;
  response.headers.emplace_back("content-security-policy", page_policy);
  response.headers.emplace_back("etag", asset->etag);
  // Asked for each time, answered with 304: a new origin never meets an old page.
  response.headers.emplace_back("cache-control", "no-cache");
  if (request.header("if-none-match") == asset->etag) {
    response.status = 304;
  } else {
    response.static_body = asset->content;
  }
  return response;
}

}  // namespace mayday::origin::http
