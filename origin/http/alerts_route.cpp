#include <nlohmann/json.hpp>

#include "origin/clock.h"
#include "origin/errors/alerts.h"
#include "origin/http/json_body.h"
#include "origin/http/query.h"
#include "origin/http/routes.h"

namespace mayday::origin::http {
namespace {

using nlohmann::json;

constexpr std::int64_t alerts_default = 50;
constexpr std::int64_t alerts_max = 200;

json to_json(const Alert& alert) {
  return {{"id", alert.id},
          {"kind", alert.kind},
          {"fingerprint", alert.fingerprint.empty() ? json() : json(alert.fingerprint)},
          {"message", alert.message},
          {"at", format_time(alert.at)},
          {"delivered_at", alert.delivered ? json(format_time(*alert.delivered)) : json()}};
}

}  // namespace

Answered list_alerts(Services& services, Request& request, const Reply& reply) {
  const Query query(request.query);
  const std::optional<std::int64_t> limit = query.integer("limit", 1, alerts_max, alerts_default);
  if (!query.is_valid() || !limit) return error_response(request, 400, "invalid_query", "limit");
  return ask_store(services, request, reply, [&services, &request, limit = static_cast<std::size_t>(*limit)] {
    const Result<std::vector<Alert>> alerts = Alerts(services.desk).list(limit);
    if (!alerts) return store_failure_response(request, alerts.error().code);
    json list = json::array();
    for (const Alert& alert : *alerts) list.push_back(to_json(alert));
    return json_response({{"alerts", std::move(list)}});
  });
}

}  // namespace mayday::origin::http
