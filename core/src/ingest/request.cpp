#include "mayday/ingest/request.h"

#include "mayday/base/entries.h"

namespace mayday {

void Request::set_header(std::string_view name, std::string_view value) {
  constexpr std::string_view names =
      "content-type\ncontent-encoding\nhost\norigin\nx-log-signature\nx-request-id\ntraceparent\nuser-agent\n"
      "x-forwarded-for\ncookie\n";
  static constexpr std::string_view Request::* fields[] = {
      &Request::content_type, &Request::content_encoding, &Request::host,       &Request::origin,        &Request::signature,
      &Request::request_id,   &Request::traceparent,      &Request::user_agent, &Request::forwarded_for, &Request::cookie};
  const std::size_t index = entry_index(names, name);
  if (index != no_entry) this->*fields[index] = value;
}

}  // namespace mayday
