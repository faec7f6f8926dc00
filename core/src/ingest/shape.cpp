#include "shape.h"

#include "mayday/base/json_reader.h"
#include "mayday/event/schema.h"

namespace mayday {

[[gnu::noinline]] Shape shape_of(std::string_view body) {
  json::Reader reader(body);
  for (bool more = reader.first_member(); more; more = reader.next_member()) {
    if (reader.key() == "events" || reader.key() == "client") return Shape::envelope;
    if (reader.key() == "resourceLogs") return Shape::otlp;
    if (schema::event.find(reader.key()) != nullptr) return Shape::event;
    reader.skip();
  }
  return Shape::event;
}

}  // namespace mayday
