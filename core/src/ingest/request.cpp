#include "mayday/ingest/request.h"

#include "mayday/base/ascii.h"
#include "mayday/base/entries.h"

namespace mayday {

void Request::set_header(std::string_view name, std::string_view value) {
  constexpr std::string_view names =
      "content-type\ncontent-encoding\nhost\norigin\nx-log-signature\nx-request-id\ntraceparent\nuser-agent\n"
      "x-forwarded-for\ncookie\n";
  static constexpr std::string_view Request::* fields[] = {&Request::content_type,  &Request::content_encoding,
                                                           &Request::host,          &Request::origin,
                                                           &Request::signature,     &Request::request_id,
                                                           &Request::traceparent,   &Request::user_agent,
                                                           &Request::forwarded_for, &Request::cookie};
  const std::size_t index = entry_index(names, name);
  if (index != no_entry) this->*fields[index] = value;
}

bool is_type(std::string_view value, std::string_view wanted) {
  return ascii::equals_ignoring_case(ascii::trimmed(take_until(value, ';')), wanted);
}

bool is_gzip(std::string_view content_encoding) {
  return is_type(content_encoding, "gzip") || is_type(content_encoding, "x-gzip");
}

}  // namespace mayday
