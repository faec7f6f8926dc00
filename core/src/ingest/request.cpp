#include "mayday/ingest/request.h"

namespace mayday {

void Request::set_header(std::string_view name, std::string_view value) {
  struct Known {
    std::string_view name;
    std::string_view Request::* field;
  };
  static constexpr Known known[] = {
      {"content-type", &Request::content_type},
      {"content-encoding", &Request::content_encoding},
      {"host", &Request::host},
      {"origin", &Request::origin},
      {"x-log-signature", &Request::signature},
      {"x-request-id", &Request::request_id},
      {"traceparent", &Request::traceparent},
      {"user-agent", &Request::user_agent},
      {"x-forwarded-for", &Request::forwarded_for},
      {"cookie", &Request::cookie},
  };
  for (const Known& header : known) {
    if (header.name == name) this->*header.field = value;
  }
}

}  // namespace mayday
