#include "origin/store/event_batch.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "mayday/base/json_reader.h"

namespace mayday::origin {
namespace {

/// What must be there, one bit each; the names are the wire's.
enum Required : std::uint32_t {
  event_id = 1,
  timestamp = 2,
  level = 4,
  service = 8,
  environment = 16,
  release = 32,
  message = 64
};
constexpr std::pair<std::uint32_t, std::string_view> required_names[] = {
    {event_id, "event_id"},       {timestamp, "timestamp"}, {level, "level"},    {service, "service"},
    {environment, "environment"}, {release, "release"},     {message, "message"}};

/// The tags by which an event tells of a person's error.
enum class TagName {
  other,
  action,
  page,
  error_code,
  error_type,
  severity,
  user_blocked,
  recovery_attempted,
  recovery_successful
};
constexpr std::pair<std::string_view, TagName> tag_names[] = {{"action", TagName::action},
                                                              {"page", TagName::page},
                                                              {"error.code", TagName::error_code},
                                                              {"error.type", TagName::error_type},
                                                              {"impact.severity", TagName::severity},
                                                              {"impact.user_blocked", TagName::user_blocked},
                                                              {"recovery.attempted", TagName::recovery_attempted},
                                                              {"recovery.successful", TagName::recovery_successful}};

TagName tag_name(std::string_view key) {
  for (const auto& [name, tag] : tag_names) {
    if (name == key) return tag;
  }
  return TagName::other;
}

ErrorKind kind_of_status(std::int64_t status) {
  switch (status) {
    case 400:
    case 422: return ErrorKind::validation;
    case 401:
    case 403: return ErrorKind::permission;
    case 408:
    case 504: return ErrorKind::timeout;
    default: return ErrorKind::network;
  }
}

constexpr std::int64_t occurrences_max = 1'000'000'000;

std::optional<std::uint64_t> parse_fingerprint(std::string_view hex) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (failure != std::errc{} || end != hex.data() + hex.size() || hex.size() != 16) return std::nullopt;
  return value;
}

}  // namespace

/// Reads one line into a row.
class RowReader {
 public:
  RowReader(EventBatch& batch, std::string_view line) : batch_(batch), line_(line), reader_(line) {}

  /// Empty where the row is good, else the reason why not.
  std::string read(EventRow& row, Timestamp now) {
    if (reader_.kind() != json::Kind::object) return reason_for_other_value();
    row.received = now;
    for (bool more = reader_.first_member(); more; more = reader_.next_member()) read_member(row);
    reader_.finish();
    if (reader_.failed()) return "invalid_json";
    if (!invalid_.empty()) return "invalid:" + std::string(invalid_);
    for (const auto& [bit, name] : required_names) {
      if (!(seen_ & bit)) return "missing:" + std::string(name);
    }
    row.occurred = std::min(row.occurred, row.received);
    row.body = line_;
    judge(row);
    return {};
  }

 private:
  std::string reason_for_other_value() {
    reader_.skip();
    reader_.finish();
    return reader_.failed() ? "invalid_json" : "not_an_object";
  }

  void read_member(EventRow& row) {
    const std::string_view key = reader_.key();
    // The first letter decides almost always: cheaper than twenty comparisons a member.
    switch (key.empty() ? '\0' : key.front()) {
      case 'c':
        if (key == "component") return text(row.component);
        if (key == "count") return count(row);
        break;
      case 'e':
        if (key == "event_id") return uuid(row);
        if (key == "environment") return required_text(row.environment, environment, "environment");
        if (key == "error") return error(row);
        break;
      case 'f':
        if (key == "fingerprint") return fingerprint(row);
        break;
      case 'h':
        if (key == "http") return http();
        break;
      case 'l':
        if (key == "level") return read_level(row);
        break;
      case 'm':
        if (key == "message") return required_text(row.message, message, "message");
        break;
      case 'r':
        if (key == "release") return required_text(row.release, release, "release");
        if (key == "route") return text(row.route);
        if (key == "request_id") return text(row.request_id);
        if (key == "received_at") return received(row);
        break;
      case 's':
        if (key == "service") return required_text(row.service, service, "service");
        if (key == "session_id") return text(row.session_id);
        if (key == "support") return support(row);
        break;
      case 't':
        if (key == "timestamp") return read_timestamp(row);
        if (key == "trace_id") return text(row.trace_id);
        if (key == "tags") return tags(row);
        break;
      case 'u':
        if (key == "user_id") return text(row.user_id);
        break;
      default: break;
    }
    reader_.skip();
  }

  /// The next value if it is a string; else it is skipped and nothing is answered.
  std::optional<std::string_view> string() {
    if (reader_.kind() != json::Kind::string) return reader_.skip(), std::nullopt;
    const std::string_view bytes = reader_.string().bytes;
    // Without escapes the reader points into the line, which stays; its own scratch does not.
    if (bytes.data() >= line_.data() && bytes.data() <= line_.data() + line_.size()) return bytes;
    return batch_.decoded_.emplace_back(bytes);
  }

  void text(std::string_view& column) { column = string().value_or(std::string_view{}); }

  void found(Required bit, bool is_valid, std::string_view name) {
    seen_ |= bit;
    if (!is_valid && invalid_.empty()) invalid_ = name;
  }

  void required_text(std::string_view& column, Required bit, std::string_view name) {
    const std::optional<std::string_view> value = string();
    found(bit, value.has_value(), name);
    column = value.value_or(std::string_view{});
  }

  void uuid(EventRow& row) {
    const std::optional<Uuid> value = parse_uuid(string().value_or(std::string_view{}));
    found(event_id, value.has_value(), "event_id");
    row.event_id = value.value_or(Uuid{});
  }

  void read_level(EventRow& row) {
    const std::optional<Level> value = parse_level(string().value_or(std::string_view{}));
    found(level, value.has_value(), "level");
    row.level = value.value_or(Level::error);
  }

  void read_timestamp(EventRow& row) {
    const std::optional<Timestamp> value = parse_timestamp(string().value_or(std::string_view{}));
    found(timestamp, value.has_value(), "timestamp");
    row.occurred = value.value_or(Timestamp{});
  }

  void received(EventRow& row) {
    const std::optional<Timestamp> value = parse_timestamp(string().value_or(std::string_view{}));
    if (value) row.received = std::min(*value, row.received);
  }

  void fingerprint(EventRow& row) { row.fingerprint = parse_fingerprint(string().value_or(std::string_view{})); }

  void count(EventRow& row) {
    if (reader_.kind() != json::Kind::number) return reader_.skip();
    const std::optional<std::int64_t> value = reader_.number().integer();
    row.occurrences = std::clamp(value.value_or(1), std::int64_t{1}, occurrences_max);
  }

  void error(EventRow& row) {
    if (reader_.kind() != json::Kind::object) return reader_.skip();
    for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
      if (reader_.key() == "type") {
        text(row.error_type);
      } else if (reader_.key() == "message") {
        text(row.error_message);
      } else {
        reader_.skip();
      }
    }
  }

  void http() {
    if (reader_.kind() != json::Kind::object) return reader_.skip();
    has_http_ = true;
    for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
      if (reader_.key() == "status" && reader_.kind() == json::Kind::number) {
        http_status_ = reader_.number().integer().value_or(0);
      } else {
        reader_.skip();
      }
    }
  }

  void support(EventRow& row) {
    if (reader_.kind() != json::Kind::object) return reader_.skip();
    for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
      if (reader_.key() == "action" && row.action.empty()) {
        text(row.action);
      } else {
        reader_.skip();
      }
    }
  }

  void tags(EventRow& row) {
    if (reader_.kind() != json::Kind::object) return reader_.skip();
    for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
      const TagName name = tag_name(reader_.key());
      tag(row, name, string().value_or(std::string_view{}));
    }
  }

  void tag(EventRow& row, TagName name, std::string_view value) {
    switch (name) {
      case TagName::other: break;
      case TagName::action: row.action = value; break;
      case TagName::page: row.page = value; break;
      case TagName::error_code: row.error_code = value; break;
      case TagName::error_type: kind_ = parse_error_kind(value); break;
      case TagName::severity: row.severity = parse_severity(value).value_or(Severity::none); break;
      case TagName::user_blocked: row.user_blocked = value == "true"; break;
      case TagName::recovery_attempted: row.recovery_attempted = value == "true"; break;
      case TagName::recovery_successful: row.recovered = value == "true"; break;
    }
  }

  /// What the whole of the event says about it as a person's error.
  void judge(EventRow& row) {
    if (row.recovery_attempted) row.severity = Severity::none;
    if (row.page.empty()) row.page = row.route;
    if (row.action.empty()) row.action = row.component;
    const bool is_tracked = !row.error_code.empty() || row.severity != Severity::none;
    const bool is_error = !row.recovery_attempted && (row.level == Level::error || is_tracked);
    if (!is_error) return;
    if (row.severity == Severity::none) row.severity = Severity::medium;
    row.error_kind = kind_ ? *kind_ : has_http_ ? kind_of_status(http_status_) : ErrorKind::unknown;
  }

  EventBatch& batch_;
  std::string_view line_;
  json::Reader reader_;
  std::uint32_t seen_ = 0;
  std::string_view invalid_;
  bool has_http_ = false;
  std::int64_t http_status_ = 0;  ///< 0: the network failed.
  std::optional<ErrorKind> kind_;
};

EventBatch::EventBatch(std::string lines, Timestamp now) : lines_(std::move(lines)) {
  std::size_t count = 1;
  for (std::size_t feed = lines_.find('\n'); feed != std::string::npos; feed = lines_.find('\n', feed + 1)) ++count;
  rows_.reserve(count);
  std::size_t index = 0;
  for (std::size_t start = 0; start < lines_.size();) {
    const std::size_t end = std::min(lines_.find('\n', start), lines_.size());
    std::string_view line = std::string_view(lines_).substr(start, end - start);
    start = end + 1;
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    EventRow row;
    std::string reason = RowReader(*this, line).read(row, now);
    if (reason.empty()) {
      rows_.push_back(row);
    } else {
      rejected_.push_back({index, std::move(reason)});
    }
    ++index;
  }
  // In what was read as JSON a carriage return is white space: a space in its place changes nothing, and nothing that is
  // stored can break a line of an event stream.
  if (lines_.find('\r') != std::string::npos) std::replace(lines_.begin(), lines_.end(), '\r', ' ');
}

}  // namespace mayday::origin
