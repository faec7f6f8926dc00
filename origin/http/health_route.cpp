#include <string>
#include <utility>

#include "mayday/base/json_writer.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

Response to_response(std::string_view status, int code) {
  Buffer body;
  json::ObjectWriter out(body);
  out.string("status", status);
  out.string("version", MAYDAY_VERSION);
  out.close();
  Response response;
  response.status = code;
  response.body = body.view();
  return response;
}

}  // namespace

Answered show_health(Services& services, Request& request, const Reply& reply) {
  return ask_store(services, request, reply, [&services] {
    if (const Result<void> checked = services.store.check(); !checked) {
      return to_response(to_string(checked.error().code), 503);
    }
    const Code refusal = services.store.refusal();
    return refusal == Code::none ? to_response("ok", 200) : to_response(to_string(refusal), 503);
  });
}

Answered show_ready(Services& services, Request& request, const Reply& reply) {
  if (services.is_stopping) return to_response("stopping", 503);
  return ask_store(services, request, reply, [&services] {
    const std::pair<std::string_view, Result<void>> parts[] = {{"events", services.store.check()},
                                                               {"desk", services.desk.check()},
                                                               {"request_logs", services.request_logs.check()}};
    for (const auto& [name, checked] : parts) {
      if (!checked) return to_response(std::string(name) + "_unavailable", 503);
    }
    const Code refusal = services.store.refusal();
    return refusal == Code::none ? to_response("ready", 200) : to_response(to_string(refusal), 503);
  });
}

Answered show_metrics(Services& services, Request&, const Reply&) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body =
      services.metrics.to_text(services.store.figures(), services.hub.subscribers(), services.traces.dropped());
  return response;
}

}  // namespace mayday::origin::http
