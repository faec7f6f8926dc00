#include <nlohmann/json.hpp>

#include "origin/clock.h"
#include "origin/http/json_body.h"
#include "origin/http/routes.h"
#include "origin/ops/support_pack.h"

namespace mayday::origin::http {
namespace {

constexpr std::size_t id_chars_max = 128;

}  // namespace

Answered make_pack(Services& services, Request& request, const Reply& reply) {
  JsonBody body(request);
  const ops::PackRequest wanted{.session_id = body.text("sessionId", id_chars_max),
                                .trace_id = body.text("traceId", id_chars_max),
                                .includes_config = body.flag("includeConfig")};
  if (std::optional<Response> refusal = body.refusal(request)) return refusal;
  return ask_store(services, request, reply, [&services, wanted] {
    const ops::PackSources sources{services.config, services.store, services.desk, services.activity};
    const nlohmann::json pack = make_support_pack(wanted, sources, wall_clock_now());
    Response response = json_response(pack);
    response.headers.emplace_back("content-disposition",
                                  "attachment; filename=\"" + pack["packId"].get<std::string>() + ".json\"");
    return response;
  });
}

}  // namespace mayday::origin::http
