#include "mayday/event/schema.h"

#include <array>

#include "mayday/base/bytes.h"

namespace mayday::schema {
namespace {

/// Numbers the fields that repeat, from `first` on.
template <std::size_t N>
consteval std::array<Field, N> numbered(std::uint8_t first, std::array<Field, N> fields) {
  for (Field& field : fields) {
    if (field.repeats) field.memory = first++;
  }
  return fields;
}

/// The first number behind those of `fields`.
template <std::size_t N>
consteval std::uint8_t next_number(std::uint8_t first, const std::array<Field, N>& fields) {
  for (const Field& field : fields) first = static_cast<std::uint8_t>(first + field.repeats);
  return first;
}

template <std::size_t N>
constexpr Table make_table(std::uint8_t number, const std::array<Field, N>& fields) {
  static_assert(N < fields_max && N <= 64, "the fields seen are kept as bits of one word");
  std::uint64_t required = 0;
  for (std::size_t i = 0; i < N; ++i) required |= std::uint64_t{fields[i].required} << i;
  return {.fields = fields, .required = required, .number = number};
}

constexpr std::uint8_t device_first = 1;
constexpr std::array device_fields =
    numbered(device_first, std::array{
                               Field{.key = "browser", .type = Type::text, .limit = 64, .repeats = true},
                               Field{.key = "browser_version", .type = Type::text, .limit = 32, .repeats = true},
                               Field{.key = "os", .type = Type::text, .limit = 64, .repeats = true},
                               Field{.key = "mobile", .type = Type::boolean},
                               Field{.key = "viewport", .type = Type::text, .limit = 16, .repeats = true},
                               Field{.key = "language", .type = Type::text, .limit = 35, .repeats = true},
                               Field{.key = "connection", .type = Type::text, .limit = 16, .repeats = true},
                           });

constexpr std::uint8_t error_first = next_number(device_first, device_fields);
constexpr std::array error_fields = numbered(
    error_first, std::array{
                     Field{.key = "type", .type = Type::text, .limit = 64, .name = Name::error_type, .repeats = true},
                     Field{.key = "message",
                           .type = Type::text,
                           .limit = 256,
                           .profile = Profile::message,
                           .name = Name::error_message},
                     Field{.key = "stack", .type = Type::stack, .limit = 512, .profile = Profile::stack_line},
                 });
constexpr Table error = make_table(1, error_fields);

constexpr std::uint8_t http_first = next_number(error_first, error_fields);
constexpr std::array http_fields = numbered(
    http_first, std::array{
                    Field{.key = "method", .type = Type::text, .limit = 8, .repeats = true},
                    Field{.key = "route", .type = Type::text, .limit = 128, .profile = Profile::path},
                    Field{.key = "host", .type = Type::text, .limit = 128, .profile = Profile::value, .repeats = true},
                    Field{.key = "status", .type = Type::integer, .limit = 599},
                    Field{.key = "duration_ms", .type = Type::number},
                });
constexpr Table http = make_table(2, http_fields);

constexpr std::array support_fields{
    Field{.key = "action", .type = Type::text, .limit = 64},
    Field{.key = "opened", .type = Type::boolean},
};
constexpr Table support = make_table(3, support_fields);

constexpr std::uint8_t breadcrumb_first = next_number(http_first, http_fields);
constexpr std::array breadcrumb_fields = numbered(
    breadcrumb_first, std::array{
                          Field{.key = "timestamp", .type = Type::timestamp},
                          Field{.key = "category", .type = Type::text, .limit = 32, .repeats = true},
                          Field{.key = "message", .type = Type::text, .limit = 256, .profile = Profile::message},
                          Field{.key = "level", .type = Type::level},
                      });
constexpr Table breadcrumb = make_table(4, breadcrumb_fields);

constexpr std::array data_fields{
    Field{.key = "route", .type = Type::text, .limit = 256, .profile = Profile::path},
    Field{.key = "route_template", .type = Type::text, .limit = 256, .profile = Profile::path},
    Field{.key = "host", .type = Type::text, .limit = 256, .profile = Profile::value},
    Field{.key = "method", .type = Type::text, .limit = 256, .profile = Profile::value},
    Field{.key = "status", .type = Type::text, .limit = 256, .profile = Profile::value},
    Field{.key = "duration_ms", .type = Type::text, .limit = 256, .profile = Profile::value},
    Field{.key = "component", .type = Type::text, .limit = 256, .profile = Profile::value},
    Field{.key = "pathname", .type = Type::text, .limit = 256, .profile = Profile::path},
};

constexpr std::uint8_t event_first = next_number(breadcrumb_first, breadcrumb_fields);
constexpr std::array event_fields = numbered(
    event_first,
    std::array{
        Field{.key = "event_id", .type = Type::uuid},
        Field{.key = "timestamp", .type = Type::timestamp, .required = true},
        Field{.key = "level", .type = Type::level, .name = Name::level, .required = true},
        Field{.key = "service",
              .type = Type::text,
              .limit = 64,
              .name = Name::service,
              .required = true,
              .may_be_empty = false,
              .repeats = true},
        Field{.key = "environment",
              .type = Type::text,
              .limit = 32,
              .required = true,
              .may_be_empty = false,
              .repeats = true},
        Field{.key = "release", .type = Type::text, .limit = 64, .required = true, .repeats = true},
        Field{.key = "message",
              .type = Type::text,
              .limit = 512,
              .profile = Profile::message,
              .name = Name::message,
              .required = true,
              .may_be_empty = false},
        Field{.key = "trace_id", .type = Type::trace_id},
        Field{.key = "request_id", .type = Type::text, .limit = 128, .name = Name::request_id, .may_be_empty = false},
        Field{.key = "session_id", .type = Type::text, .limit = 128, .name = Name::session_id, .repeats = true},
        Field{.key = "user_id", .type = Type::text, .limit = 64, .repeats = true},
        Field{.key = "component", .type = Type::text, .limit = 128, .repeats = true},
        Field{.key = "route", .type = Type::text, .limit = 256, .profile = Profile::path, .repeats = true},
        Field{.key = "device", .type = Type::object, .name = Name::device, .table = &device},
        Field{.key = "error", .type = Type::object, .table = &error},
        Field{.key = "http", .type = Type::object, .table = &http},
        Field{.key = "data", .type = Type::data, .table = &data},
        Field{.key = "breadcrumbs", .type = Type::breadcrumbs, .limit = 20, .table = &breadcrumb},
        Field{.key = "tags", .type = Type::pairs, .limit = 16},
        Field{.key = "count", .type = Type::integer, .minimum = 1},
        Field{.key = "support", .type = Type::object, .table = &support},
        Field{.key = "run_id", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "graph_id", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "node", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "status", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "duration_ms", .type = Type::number, .langgraph_only = true},
        Field{.key = "job_id", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "customer_id", .type = Type::text, .limit = 64, .langgraph_only = true},
        Field{.key = "payload", .type = Type::payload, .langgraph_only = true},
        Field{.key = "_meta", .type = Type::meta},
    });
static_assert(next_number(event_first, event_fields) <= memories_max);

constexpr std::array<std::string_view, 9> secret_parts{"authorization", "cookie",  "token",      "secret", "password",
                                                       "apikey",        "session", "credential", "private"};

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

constinit const Table device = make_table(0, device_fields);
constinit const Table data = make_table(5, data_fields);
constinit const Table event = make_table(6, event_fields);

[[gnu::noinline]] const Field* Table::find(std::string_view key) const {
  for (const Field& field : fields) {
    if (field.key.size() == key.size() && bytes::equal(field.key.data(), key.data(), key.size())) return &field;
  }
  return nullptr;
}

bool is_secret_name(std::string_view key) {
  // Separators are left out, so that api_key, api-key and apiKey are one word.
  std::array<char, 64> name;
  std::size_t size = 0;
  for (char c : key) {
    if (c == '-' || c == '_' || c == '.' || c == ' ') continue;
    if (size == name.size()) return true;  // Nobody names an honest field so.
    name[size++] = folded(c);
  }
  for (std::string_view part : secret_parts) {
    if (std::string_view(name.data(), size).find(part) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace mayday::schema
