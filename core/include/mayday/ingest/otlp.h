#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mayday/base/buffer.h"
#include "mayday/base/json_reader.h"
#include "mayday/base/timestamp.h"
#include "mayday/event/level.h"
#include "mayday/ingest/otlp_attributes.h"

namespace mayday {

/// Turns OTLP/HTTP JSON logs (opentelemetry-proto, ExportLogsServiceRequest) into events of SPEC section 1, by OpenTelemetry's
/// semantic conventions: exceptions, sessions, services, HTTP, browsers; what has no field of its own becomes a tag while there
/// is room. The events are only translated: the sanitizer judges and cleans them like any other.
///
/// No tree is built: each part of the text is read a few times, since its members may come in any order. A resource is kept
/// bounded for its records, so that the whole stays linear.
class OtlpReader {
 public:
  struct Defaults {
    std::string_view environment;  ///< Where no resource tells it.
    Timestamp now;                 ///< For records without a time.
  };
  using Take = std::function<void(std::string_view event)>;

  /// Consumes the reader's next value, an object with `resourceLogs`, and gives `take` each log record as one event's JSON
  /// text, void after that call. False if it has not the shape of a request; a failure is the reader's.
  bool read(json::Reader& reader, const Defaults& defaults, const Take& take);

 private:
  /// What a log record has beside its attributes.
  struct Record {
    std::optional<Timestamp> time;
    std::optional<Timestamp> observed;
    std::optional<Level> number;  ///< By severityNumber.
    std::optional<Level> text;    ///< By severityText.
  };

  void resource_logs(std::string_view text, const Defaults& defaults, const Take& take);
  void scope_logs(std::string_view text, const Defaults& defaults, const Take& take);
  void record(json::Reader& reader, const Defaults& defaults);
  void read_record(json::Reader& reader, Record& record);

  void write_event(const Record& record, const Defaults& defaults);
  void write_device();
  void write_error();
  void write_http();
  void write_tags();
  std::string_view value_of(Attribute attribute) const;
  void member(std::string_view name, std::string_view value);
  void string_member(std::string_view name, std::string_view text);
  /// Answers where the member begins, for `close` to take it back if it has stayed empty.
  std::size_t open(std::string_view name);
  void close(std::size_t start);

  Attributes resource_{Attributes::resource_code_points_max};
  Attributes scope_{Attributes::resource_code_points_max};
  Attributes record_{Attributes::record_code_points_max};
  Buffer body_;      ///< The record's body as text.
  Buffer trace_id_;  ///< As JSON.
  Buffer event_;
};

}  // namespace mayday
