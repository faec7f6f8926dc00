#pragma once

#include <string_view>

#include "origin/http/message.h"

/// Who may see what. A sign-in comes later; until then the dashboard is for this machine alone.
namespace mayday::origin::http {

/// True if `Authorization: Bearer <token>` is there and right. Takes the same time wherever the two differ.
bool has_bearer_token(const Request& request, std::string_view token);

/// True if the request is from this machine, for this machine, and by no foreign page: the peer is a loopback address, no
/// proxy speaks for another, Host is a loopback name (else a foreign name that resolves to 127.0.0.1 would do), and
/// Origin and Sec-Fetch-Site, where they are sent, are our own. A link from elsewhere may open the page.
bool is_local_request(const Request& request);

}  // namespace mayday::origin::http
