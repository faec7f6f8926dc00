#include "origin/config.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace mayday::origin {
namespace {

using Environment = std::map<std::string_view, std::string_view>;

ConfigProblem read(const std::vector<std::string_view>& arguments, const Environment& environment, Config& config) {
  return read_config(
      arguments,
      [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      },
      config);
}

std::string problem_of(const std::vector<std::string_view>& arguments, const Environment& environment = {}) {
  Config config;
  return read(arguments, environment, config);
}

TEST(Config, WorksWithoutBeingToldAnything) {
  Config config;
  EXPECT_EQ(read({}, {}, config), "");
  EXPECT_EQ(config.host, "127.0.0.1");
  EXPECT_EQ(config.port, 8787);
  EXPECT_EQ(config.database_path, ".mayday/mayday.db");
  EXPECT_EQ(config.origin_token, default_origin_token);
}

TEST(Config, ReadsFlagsInBothSpellings) {
  Config config;
  EXPECT_EQ(read({"--port", "0", "--data=/srv/x", "--host", "::1"}, {}, config), "");
  EXPECT_EQ(config.port, 0);
  EXPECT_EQ(config.database_path, "/srv/x/mayday.db");
  EXPECT_EQ(config.host, "::1");
}

TEST(Config, NamesWhatIsWrongInOneLine) {
  EXPECT_NE(problem_of({"--port", "65536"}).find("--port"), std::string::npos);
  EXPECT_NE(problem_of({"--port", "80x"}).find("--port"), std::string::npos);
  EXPECT_NE(problem_of({"--port"}).find("--port needs a value"), std::string::npos);
  EXPECT_NE(problem_of({"--host", "example.com"}).find("--host"), std::string::npos);
  EXPECT_NE(problem_of({"--data", ""}).find("--data"), std::string::npos);
  EXPECT_NE(problem_of({"--prot", "1"}).find("--prot"), std::string::npos);
  EXPECT_NE(problem_of({}, {{"LOG_LEVEL", "loud"}}).find("LOG_LEVEL"), std::string::npos);
  EXPECT_NE(problem_of({}, {{"LOG_RATE_BURST", "-1"}}).find("LOG_RATE_BURST"), std::string::npos);
  EXPECT_NE(problem_of({}, {{"DATABASE_URL", "mysql://x"}}).find("DATABASE_URL"), std::string::npos);
  EXPECT_NE(problem_of({}, {{"DATABASE_URL", "sqlite://relative.db"}}).find("DATABASE_URL"), std::string::npos);
}

TEST(Config, RefusesTheDefaultTokenInProduction) {
  EXPECT_NE(problem_of({}, {{"ENVIRONMENT", "prod"}}).find("ORIGIN_TOKEN"), std::string::npos);
  const Environment spelled_out{{"ENVIRONMENT", "prod"}, {"ORIGIN_TOKEN", default_origin_token}};
  EXPECT_NE(problem_of({}, spelled_out).find("ORIGIN_TOKEN"), std::string::npos);
}

TEST(Config, RefusesDefaultSecretsWhereOthersCanReachThem) {
  const std::string access = "0123456789abcdef0123456789abcdef", refresh = "fedcba9876543210fedcba9876543210";
  Environment own{{"ORIGIN_TOKEN", "mine"}, {"JWT_ACCESS_SECRET", access}, {"JWT_REFRESH_SECRET", refresh}};
  EXPECT_EQ(problem_of({"--host", "0.0.0.0"}, own), "");
  EXPECT_EQ(problem_of({}, {}), "");
  own["JWT_ACCESS_SECRET"] = access.substr(1);
  EXPECT_NE(problem_of({"--host", "0.0.0.0"}, own).find("JWT_ACCESS_SECRET"), std::string::npos) << "31 characters";
  own["JWT_ACCESS_SECRET"] = refresh;
  EXPECT_NE(problem_of({"--host", "0.0.0.0"}, own).find("differ"), std::string::npos);
  EXPECT_NE(problem_of({"--host", "0.0.0.0"}).find("ORIGIN_TOKEN"), std::string::npos);
}

TEST(Config, ReadsWhereEventsStand) {
  Config config;
  EXPECT_EQ(read({}, {{"DATABASE_URL", "postgresql://db/x"}, {"CLICKHOUSE_URL", "http://ch:8123/y"}}, config), "");
  EXPECT_EQ(config.postgres_url, "postgresql://db/x");
  EXPECT_EQ(config.clickhouse_url, "http://ch:8123/y");
  EXPECT_NE(problem_of({}, {{"CLICKHOUSE_URL", "ch:9000"}}).find("CLICKHOUSE_URL"), std::string::npos);
}

TEST(Config, LeavesTheEdgesClickHouseToTheEdge) {
  for (const char* sinks : {"clickhouse", "origin, clickhouse"}) {
    Config config;
    EXPECT_EQ(read({}, {{"MAYDAY_SINK", sinks}, {"CLICKHOUSE_URL", "http://ch:8123/y"}}, config), "");
    EXPECT_EQ(config.clickhouse_url, "") << sinks;
    EXPECT_TRUE(config.clickhouse_is_sink);
  }
  Config config;
  EXPECT_EQ(read({}, {{"MAYDAY_SINK", "origin,files"}, {"CLICKHOUSE_URL", "http://ch:8123/y"}}, config), "");
  EXPECT_EQ(config.clickhouse_url, "http://ch:8123/y");
}

TEST(Config, ReadsForHowLongEventsAreKept) {
  Config config;
  EXPECT_EQ(read({}, {}, config), "");
  EXPECT_EQ(config.retention_days, 30);
  EXPECT_EQ(config.retention_bytes, 10'000'000'000u);
  EXPECT_EQ(read({}, {{"RETENTION_DAYS", "1"}, {"RETENTION_BYTES", "0"}}, config), "");
  EXPECT_EQ(config.retention_days, 1);
  EXPECT_EQ(config.retention_bytes, 0u);
  for (std::string_view wrong : {"0", "-1", "3651", "1.5", "30d", " 1"}) {
    EXPECT_NE(problem_of({}, {{"RETENTION_DAYS", wrong}}).find("RETENTION_DAYS"), std::string::npos) << wrong;
  }
  for (std::string_view wrong : {"-1", "1e9", "10GB", "9223372036854775808"}) {
    EXPECT_NE(problem_of({}, {{"RETENTION_BYTES", wrong}}).find("RETENTION_BYTES"), std::string::npos) << wrong;
  }
}

TEST(Config, ReadsWhomItWatches) {
  Config config;
  EXPECT_EQ(read({}, {{"WATCH_URLS", " http://edge:8788/v1/logs/health ,https://b.example,"}}, config), "");
  EXPECT_EQ(config.watch_urls, (std::vector<std::string>{"http://edge:8788/v1/logs/health", "https://b.example"}));
  std::string many;
  for (int i = 0; i < 16; ++i) many += "http://a,";
  EXPECT_EQ(problem_of({}, {{"WATCH_URLS", many}}), "");
  many += "http://a";
  for (std::string_view wrong :
       {std::string_view("edge:8788"), std::string_view("http://a,file:///etc/passwd"), std::string_view(many)}) {
    EXPECT_NE(problem_of({}, {{"WATCH_URLS", wrong}}).find("WATCH_URLS"), std::string::npos) << wrong;
  }
}

TEST(Config, HelpNamesEveryVariable) {
  for (std::string_view name : {"SERVICE_TOKEN",
                                "ALERT_WEBHOOK_URL",
                                "ALERT_WEBHOOK_SECRET",
                                "JWT_ACCESS_SECRET",
                                "JWT_REFRESH_SECRET",
                                "REDIS_URL",
                                "WATCH_URLS",
                                "ENVIRONMENT",
                                "RELEASE",
                                "LOG_LEVEL",
                                "LOG_INGEST_HMAC_SECRET",
                                "EXTRA_CORS_ORIGINS",
                                "ORIGIN_TOKEN",
                                "TRUSTED_PROXIES",
                                "LOG_RATE_BURST",
                                "LOG_RATE_PER_SECOND",
                                "DATABASE_URL",
                                "RETENTION_DAYS",
                                "RETENTION_BYTES",
                                "CLICKHOUSE_URL"}) {
    EXPECT_NE(help_text().find(name), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace mayday::origin
