#include "mayday/ingest/on_demand.h"

#include "mayday/base/buffer.h"
#include "mayday/base/gzip.h"
#include "mayday/base/limits.h"
#include "mayday/base/sha256.h"
#include "mayday/ingest/diagnostic.h"
#include "mayday/ingest/otlp.h"
#include "shape.h"

namespace mayday {
namespace {

class OnDemandHere final : public OnDemand {
 public:
  Prepared prepare(const Errand& errand) override {
    if (errand.page != Page::none) return write_page(errand);
    if (!errand.signing_key.empty()) return {.code = is_signed(errand) ? Code::none : Code::bad_signature};
    Prepared prepared = unpack(errand);
    if (prepared.code == Code::none && !errand.secret.empty())
      prepared.session = diagnostic_session(errand.cookies, errand.secret, errand.now, session_).value_or("");
    return prepared;
  }

 private:
  static bool is_signed(const Errand& errand) {
    return equals_hex_constant_time(hmac_sha256(errand.signing_key, errand.body), errand.signature);
  }

  Prepared write_page(const Errand& errand) {
    text_.clear();
    if (errand.page == Page::metrics)
      errand.figures.write_metrics(text_, errand.version);
    else
      errand.figures.write_health(text_, errand.version);
    return {.text = text_.view()};
  }

  Prepared unpack(const Errand& errand) {
    std::string_view body = errand.body;
    if (errand.is_gzip) {
      if (!gunzip_) gunzip_ = std::make_unique<Gunzip>();
      body_.clear();
      const Result<void> unpacked = gunzip_->run(body, body_bytes_max, body_);
      if (!unpacked) return {.code = unpacked.error().code};
      body = body_.view();
    }
    return shape_of(body) == Shape::otlp ? translate(body, errand) : Prepared{.text = body};
  }

  Prepared translate(std::string_view body, const Errand& errand) {
    if (!otlp_) otlp_ = std::make_unique<OtlpReader>();
    text_.clear();
    text_.append("{\"events\":[");
    std::size_t records = 0;
    bool is_too_large = false;
    const auto take = [&](std::string_view event) {
      if (records > 0) text_.append(',');
      is_too_large = is_too_large || text_.size() + event.size() > otlp_events_bytes_max;
      text_.append(records++ < otlp_records_max && !is_too_large ? event : "0");
    };
    json::Reader reader(body);
    const bool is_shaped = otlp_->read(reader, {.environment = errand.environment, .now = errand.now}, take);
    reader.finish();
    text_.append("]}");
    const Code code = reader.failed() ? Code::invalid_json
                      : !is_shaped    ? Code::invalid_payload
                      : is_too_large  ? Code::payload_too_large
                                      : Code::none;
    return {.code = code, .is_otlp = true, .text = text_.view()};
  }

  std::unique_ptr<Gunzip> gunzip_;
  std::unique_ptr<OtlpReader> otlp_;
  Buffer body_;
  Buffer text_;
  Buffer session_;
};

}  // namespace

std::unique_ptr<OnDemand> make_on_demand() { return std::make_unique<OnDemandHere>(); }

}  // namespace mayday
