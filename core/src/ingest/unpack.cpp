#include "mayday/ingest/unpack.h"

#include "mayday/base/buffer.h"
#include "mayday/base/gzip.h"
#include "mayday/base/limits.h"
#include "mayday/ingest/otlp.h"
#include "shape.h"

namespace mayday {
namespace {

class UnpackerHere final : public Unpacker {
 public:
  Unpacked unpack(std::string_view body, const Options& options) override {
    if (options.is_gzip) {
      if (!gunzip_) gunzip_ = std::make_unique<Gunzip>();
      body_.clear();
      const Result<void> unpacked = gunzip_->run(body, body_bytes_max, body_);
      if (!unpacked) return {.code = unpacked.error().code};
      body = body_.view();
    }
    return shape_of(body) == Shape::otlp ? translate(body, options) : Unpacked{.text = body};
  }

 private:
  Unpacked translate(std::string_view body, const Options& options) {
    if (!otlp_) otlp_ = std::make_unique<OtlpReader>();
    events_.clear();
    events_.append("{\"events\":[");
    std::size_t records = 0;
    bool is_too_large = false;
    const auto take = [&](std::string_view event) {
      if (records > 0) events_.append(',');
      is_too_large = is_too_large || events_.size() + event.size() > otlp_events_bytes_max;
      events_.append(records++ < otlp_records_max && !is_too_large ? event : "0");
    };
    json::Reader reader(body);
    const bool is_shaped = otlp_->read(reader, {.environment = options.environment, .now = options.now}, take);
    reader.finish();
    events_.append("]}");
    const Code code = reader.failed() ? Code::invalid_json
                      : !is_shaped    ? Code::invalid_payload
                      : is_too_large  ? Code::payload_too_large
                                      : Code::none;
    return {.code = code, .is_otlp = true, .text = events_.view()};
  }

  std::unique_ptr<Gunzip> gunzip_;
  std::unique_ptr<OtlpReader> otlp_;
  Buffer body_;
  Buffer events_;
};

}  // namespace

std::unique_ptr<Unpacker> make_unpacker() { return std::make_unique<UnpackerHere>(); }

}  // namespace mayday
