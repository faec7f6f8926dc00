#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "mayday/base/random.h"
#include "origin/clock.h"
#include "origin/store/event_batch.h"
#include "origin/store/migrate_sqlite.h"
#include "tests/bench/origin_process.h"

// POST /ingest, sustained, against the bare sqlite3 C API with the same tables, indexes, settings and batches. The bare
// side neither parses nor speaks HTTP, and is spared the rollups: it is the most that could be asked for.
namespace mayday::bench {
namespace {

using origin::EventBatch;
using origin::EventRow;

constexpr std::size_t batch_events = 500;
constexpr int rounds = 3;

struct Options {
  std::size_t events = 100'000;
  std::size_t connections = 1;  ///< More would let the origin join batches, which the bare side does not.
  const char* json_path = nullptr;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

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

void check(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void bind(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void insert(sqlite3* database, sqlite3_stmt* statement, const EventRow& row) {
  sqlite3_bind_blob(statement, 1, row.event_id.bytes.data(), 16, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 2, row.occurred.ms);
  sqlite3_bind_int64(statement, 3, row.received.ms);
  sqlite3_bind_int64(statement, 4, static_cast<int>(row.level));
  const std::string_view texts[] = {row.service,    row.environment,   row.release,   row.message,
                                    row.error_type, row.error_message, row.component, row.route,
                                    row.session_id, row.user_id,       row.trace_id,  row.request_id};
  int index = 5;
  for (std::string_view text : texts) bind(statement, index++, text);
  sqlite3_bind_int64(statement, 17, static_cast<std::int64_t>(*row.fingerprint));
  sqlite3_bind_int64(statement, 18, row.occurrences);
  sqlite3_bind_int(statement, 19, static_cast<int>(row.severity));
  sqlite3_bind_int(statement, 20, static_cast<int>(row.error_kind));
  bind(statement, 22, row.page);
  bind(statement, 23, row.action);
  for (int flag = 24; flag <= 26; ++flag) sqlite3_bind_int(statement, flag, 0);
  bind(statement, 27, row.body);
  check(sqlite3_step(statement), database);
  sqlite3_reset(statement);
}

/// Events a second by the C API alone.
double measure_bare(const std::string& folder, const std::vector<std::string>& bodies) {
  sqlite3* database = nullptr;
  check(sqlite3_open((folder + "/bare.db").c_str(), &database), database);
  const std::string setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000;" +
                            std::string(origin::migrations::events_sqlite().front().sql);
  check(sqlite3_exec(database, setup.c_str(), nullptr, nullptr, nullptr), database);
  sqlite3_stmt* statement = nullptr;
  check(
      sqlite3_prepare_v2(database,
                         "INSERT INTO events (event_id, occurred_ms, received_ms, level, service, environment, release,"
                         " message, error_type, error_message, component, route, session_id, user_id, trace_id,"
                         " request_id, fingerprint, occurrences, severity, error_kind, error_code, page, action,"
                         " user_blocked, recovery_attempted, recovered, body) VALUES"
                         " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (event_id) DO NOTHING",
                         -1, &statement, nullptr),
      database);
  double seconds = 0;
  for (const std::string& body : bodies) {
    const EventBatch batch(body, origin::wall_clock_now());  // Not measured: the columns are ready at hand.
    const auto start = std::chrono::steady_clock::now();
    check(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), database);
    for (const EventRow& row : batch.rows()) insert(database, statement, row);
    check(sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr), database);
    seconds += seconds_since(start);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return static_cast<double>(bodies.size() * batch_events) / seconds;
}

/// Events a second acknowledged by POST /ingest.
double measure_origin(const std::string& folder, const std::vector<std::string>& bodies, std::size_t connections) {
  const OriginProcess process(folder);
  std::atomic<std::size_t> next = 0;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      IngestClient client(process.port());
      for (std::size_t at = next++; at < bodies.size(); at = next++) client.post(bodies[at]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(bodies.size() * batch_events) / seconds_since(start);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

bool read_options(int count, char** arguments, Options& options) {
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(arguments[i], "--json") == 0) {
      options.json_path = arguments[i + 1];
    } else if (std::strcmp(arguments[i], "--events") == 0) {
      options.events = std::strtoull(arguments[i + 1], nullptr, 10);
    } else if (std::strcmp(arguments[i], "--connections") == 0) {
      options.connections = std::strtoull(arguments[i + 1], nullptr, 10);
    } else {
      return false;
    }
  }
  return count % 2 == 1;
}

int run(const Options& options) {
  const std::vector<std::string> bodies = make_bodies(options.events);
  std::vector<double> bare;
  std::vector<double> ours;
  for (int round = 0; round < rounds; ++round) {
    std::string folder = std::filesystem::temp_directory_path() / "mayday-bench-XXXXXX";
    if (!mkdtemp(folder.data())) return 1;
    bare.push_back(measure_bare(folder, bodies));
    ours.push_back(measure_origin(folder, bodies, options.connections));
    std::filesystem::remove_all(folder);
  }
  const double bare_rate = median(bare);
  const double our_rate = median(ours);
  const std::size_t line_bytes = bodies.front().size() / batch_events;
  std::printf("sqlite3 C API alone      %8.0f events/s (batch %zu, %zu bytes each)\n", bare_rate, batch_events,
              line_bytes);
  std::printf("mayday-origin POST /ingest %6.0f events/s (%zu connections)\n", our_rate, options.connections);
  std::printf("ratio                    %8.2f (bar: 0.70)\n", our_rate / bare_rate);
  if (!options.json_path) return 0;
  std::FILE* file = std::fopen(options.json_path, "we");
  if (!file) return 1;
  std::fprintf(
      file,
      "{\"name\":\"origin_ingest_sqlite\",\"unit\":\"events/s\",\"baseline\":%.0f,\"value\":%.0f,\"ratio\":%.3f,"
      "\"bar\":0.7,\"batch_events\":%zu,\"event_bytes\":%zu,\"connections\":%zu,\"rounds\":%d}\n",
      bare_rate, our_rate, our_rate / bare_rate, batch_events, line_bytes, options.connections, rounds);
  std::fclose(file);
  return 0;
}

}  // namespace
}  // namespace mayday::bench

int main(int argc, char** argv) {
  mayday::bench::Options options;
  if (!mayday::bench::read_options(argc, argv, options)) {
    std::fprintf(stderr, "usage: mayday-origin-bench [--events N] [--connections N] [--json FILE]\n");
    return 2;
  }
  return mayday::bench::run(options);
}
