#include <exception>
#include <utility>

#include "origin/http/routes.h"
#include "origin/log.h"

namespace mayday::origin::http {

Answered run_on(TaskQueue& queue, const Request& request, const Reply& reply, std::function<Response()> question) {
  // The request outlives its answer, so it may be borrowed until `reply`.
  const bool is_queued = queue.post([&request, reply, question = std::move(question)] {
    Response response;
    try {
      response = question();
    } catch (const std::exception& exception) {
      log_line(Level::error, "unhandled exception",
               {.request_id = request.request_id, .trace_id = request.trace_id, .error_message = exception.what()});
      response = error_response(request, 500, to_string(Code::internal_error));
    }
    reply(std::move(response));
  });
  if (is_queued) return std::nullopt;
  return store_failure_response(request, Code::origin_unavailable);
}

Answered ask_store(Services& services, const Request& request, const Reply& reply, std::function<Response()> question) {
  return run_on(services.readers, request, reply, std::move(question));
}

}  // namespace mayday::origin::http
