#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/bare_ingest.h"
#include "tests/bench/ingest_bodies.h"
#include "tests/bench/origin_process.h"

// POST /ingest, sustained, into each engine, against that engine alone in the same run (bare_ingest.h).
namespace mayday::bench {
namespace {

constexpr int rounds = 3;
constexpr double bar = 0.7;

struct Options {
  std::size_t events = 100'000;
  std::size_t connections = 1;  ///< More would let the origin join batches, which the bare side does not.
  std::string postgres_url;     ///< Names any database of a server; empty: SQLite alone.
  const char* json_path = nullptr;
};

/// One row of the table, by rounds.
struct Figure {
  const char* name;
  const char* baseline;
  std::vector<double> bare = {};
  std::vector<double> ours = {};
};

/// A folder of its own, gone with it.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "mayday-bench-XXXXXX") {
    if (!mkdtemp(path_.data())) std::exit(1);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// An empty database on the server, gone with it.
class Database {
 public:
  explicit Database(const std::string& server_url) : server_url_(server_url) { run("CREATE DATABASE mayday_bench"); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { run("DROP DATABASE mayday_bench WITH (FORCE)"); }

  std::string url() const { return server_url_.substr(0, server_url_.rfind('/') + 1) + "mayday_bench"; }

 private:
  void run(const char* sql) {
    PGconn* connection = PQconnectdb(server_url_.c_str());
    PGresult* result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
      std::fprintf(stderr, "postgres: %s", PQerrorMessage(connection));
      std::exit(1);
    }
    PQclear(result);
    PQfinish(connection);
  }

  std::string server_url_;
};

/// Events a second acknowledged by POST /ingest. `database_url` empty: SQLite.
double measure_origin(const std::vector<std::string>& bodies, std::size_t connections,
                      const std::string& database_url) {
  const Folder folder;
  const OriginProcess process(folder.path(), database_url);
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

void measure_sqlite(const Options& options, const std::vector<std::string>& bodies, Figure& figure) {
  {
    const Folder folder;
    figure.bare.push_back(bare_sqlite(folder.path(), bodies));
  }
  figure.ours.push_back(measure_origin(bodies, options.connections, ""));
}

void measure_postgres(const Options& options, const std::vector<std::string>& bodies, Figure& figure) {
  {
    const Database database(options.postgres_url);
    figure.bare.push_back(bare_postgres(database.url(), bodies, options.connections));
  }
  const Database database(options.postgres_url);
  figure.ours.push_back(measure_origin(bodies, options.connections, database.url()));
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
    } else if (std::strcmp(arguments[i], "--postgres") == 0) {
      options.postgres_url = arguments[i + 1];
    } else {
      return false;
    }
  }
  return count % 2 == 1;
}

void print(const std::vector<Figure>& figures, const Options& options, std::size_t line_bytes) {
  std::printf("events/s, batches of %zu, %zu bytes each, %zu connections, medians of %d\n", batch_events, line_bytes,
              options.connections, rounds);
  std::printf("%-50s %10s %14s %7s %7s\n", "baseline", "alone", "POST /ingest", "ratio", "bar");
  for (const Figure& figure : figures) {
    const double ratio = median(figure.ours) / median(figure.bare);
    std::printf("%-50s %10.0f %14.0f %7.2f %7.2f  %s\n", figure.baseline, median(figure.bare), median(figure.ours),
                ratio, bar, ratio >= bar ? "met" : "missed");
  }
}

bool write_json(const std::vector<Figure>& figures, const Options& options, std::size_t line_bytes) {
  std::FILE* file = std::fopen(options.json_path, "we");
  if (!file) return false;
  const char* separator = "[";
  for (const Figure& figure : figures) {
    std::fprintf(file,
                 "%s{\"name\":\"%s\",\"unit\":\"events/s\",\"baseline\":%.0f,\"value\":%.0f,\"ratio\":%.3f,"
                 "\"bar\":%.1f,\"batch_events\":%zu,\"event_bytes\":%zu,\"connections\":%zu,\"rounds\":%d}",
                 separator, figure.name, median(figure.bare), median(figure.ours),
                 median(figure.ours) / median(figure.bare), bar, batch_events, line_bytes, options.connections, rounds);
    separator = ",\n";
  }
  std::fputs("]\n", file);
  return std::fclose(file) == 0;
}

int run(const Options& options) {
  const std::vector<std::string> bodies = make_bodies(options.events);
  std::vector<Figure> figures = {{"origin_ingest_sqlite", "sqlite3 C API alone"}};
  if (!options.postgres_url.empty()) {
    figures.push_back({"origin_ingest_postgres", "libpq alone: COPY, then INSERT ... ON CONFLICT"});
  }
  for (int round = 0; round < rounds; ++round) {
    measure_sqlite(options, bodies, figures[0]);
    if (figures.size() > 1) measure_postgres(options, bodies, figures[1]);
  }
  const std::size_t line_bytes = bodies.front().size() / batch_events;
  print(figures, options, line_bytes);
  return !options.json_path || write_json(figures, options, line_bytes) ? 0 : 1;
}

}  // namespace
}  // namespace mayday::bench

int main(int argc, char** argv) {
  mayday::bench::Options options;
  if (!mayday::bench::read_options(argc, argv, options)) {
    std::fprintf(stderr, "usage: mayday-origin-bench [--events N] [--connections N] [--postgres URL] [--json FILE]\n");
    return 2;
  }
  return mayday::bench::run(options);
}
