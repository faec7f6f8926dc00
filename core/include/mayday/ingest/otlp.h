#pragma once

#include <cstdint>
#include <functional>
#include <span>
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
  void resource_logs(std::string_view text, const Defaults& defaults, const Take& take);
  void scope_logs(std::string_view text, const Defaults& defaults, const Take& take);
  void read_record(json::Reader& reader, const Defaults& defaults);
  void fall_back(const Defaults& defaults);
  void describe_agent();
  void write_event();
  std::string_view value_of(Attribute attribute) const;
  /// The first of them that is there.
  std::string_view first_of(std::span<const Attribute> attributes) const;

  Attributes resource_{Attributes::resource_code_points_max};
  Attributes scope_{Attributes::resource_code_points_max};
  Attributes record_{Attributes::record_code_points_max};
  Attributes fallback_{Attributes::record_code_points_max};  ///< Where none of the three says anything.
  Buffer body_;                                              ///< The record's body as text.
  Buffer event_;
};

}  // namespace mayday
