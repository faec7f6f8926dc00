#include "tests/bench/ingest_bodies.h"

#include <map>
#include <string_view>

#include "mayday/base/random.h"
#include "mayday/base/timestamp.h"
#include "mayday/base/uuid.h"
#include "origin/clock.h"

namespace mayday::bench {
namespace {

std::string hex(Random& random, int words) {
  std::string text(static_cast<std::size_t>(words) * 16, '0');
  for (int i = 0; i < words; ++i) format_hex(random.next(), text.data() + i * 16);
  return text;
}

/// One event of about 1 KB, as the edge writes it; what differs from event to event stands between percent signs.
constexpr std::string_view line_form =
    R"line({"timestamp":"%time%","level":"error","service":"web","environment":"prod","release":"2026.11.3",)line"
    R"line("message":"Cannot read properties of undefined (reading 'price%kind%')","session_id":"s-%session%",)line"
    R"line("user_id":"%user%","component":"window.onerror","route":"/checkout/%kind%",)line"
    R"line("device":{"browser":"Chrome","browser_version":"131.0","os":"macOS","mobile":false},)line"
    R"line("error":{"type":"TypeError","message":"Cannot read properties of undefined","stack":[)line"
    R"line("at renderTotal (https://shop.example/assets/checkout-8fa31c.js:214:18)",)line"
    R"line("at Cart.update (https://shop.example/assets/checkout-8fa31c.js:190:5)"]},)line"
    R"line("breadcrumbs":[{"timestamp":"%time%","category":"click","message":"button#pay","level":"info"}],)line"
    R"line("event_id":"%id%","request_id":"%request%","trace_id":"%trace%","received_at":"%time%",)line"
    R"line("fingerprint":"00000000000000%kind%"})line";

std::string fill(const std::map<std::string, std::string, std::less<>>& values) {
  std::string line;
  std::string_view rest = line_form;
  for (std::size_t mark = rest.find('%'); mark != std::string_view::npos; mark = rest.find('%')) {
    const std::size_t end = rest.find('%', mark + 1);
    line += rest.substr(0, mark);
    line += values.find(rest.substr(mark + 1, end - mark - 1))->second;
    rest.remove_prefix(end + 1);
  }
  return line.append(rest) + "\n";
}

std::string make_line(Random& random, Timestamp now) {
  char id[uuid_chars];
  format_uuid(make_uuid(now, random), id);
  char time[timestamp_chars];
  format_timestamp(now, time);
  return fill({{"id", std::string(id, uuid_chars)},
               {"time", std::string(time, timestamp_chars)},
               {"kind", std::to_string(10 + random.next() % 40)},
               {"session", hex(random, 1)},
               {"user", hex(random, 4)},
               {"request", hex(random, 2)},
               {"trace", hex(random, 2)}});
}

}  // namespace

std::vector<std::string> make_bodies(std::size_t events) {
  Random random(origin::entropy());
  Timestamp now = origin::wall_clock_now();
  std::vector<std::string> bodies;
  for (std::size_t made = 0; made < events; made += batch_events) {
    std::string body;
    for (std::size_t i = 0; i < batch_events; ++i)
      body += make_line(random, {now.ms - 600'000 + static_cast<std::int64_t>((made + i) / 10)});
    bodies.push_back(std::move(body));
  }
  return bodies;
}

}  // namespace mayday::bench
