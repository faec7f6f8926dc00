#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "mayday/base/buffer.h"
#include "mayday/base/result.h"
#include "mayday/ingest/client_report.h"
#include "mayday/ingest/inbound_filter.h"
#include "mayday/ingest/request.h"

namespace mayday {

/// The pages that tell figures.
enum class Page : std::uint8_t { none, health, metrics };

/// By `Code`.
using RejectedCounts = std::array<std::uint64_t, 32>;

/// What has gone through an `Ingest` since it began. received = accepted + the sum of rejected, always.
struct IngestCounters {
  std::uint64_t requests = 0;  ///< POSTs to `/v1/logs`, whatever they were answered.
  std::uint64_t received = 0;  ///< Events; a request that could not be read counts as one.
  std::uint64_t accepted = 0;
  RejectedCounts rejected{};
  std::array<std::uint64_t, filter_kinds> filtered{};    ///< Events that a filter knew, those that passed too.
  std::array<std::uint64_t, discard_kinds> discarded{};  ///< What browsers say they dropped themselves.
  std::uint64_t unknown_fields = 0;
};

/// The counters together with what the host knows: received = accepted + rejected, and accepted = forwarded + pending. What
/// the origin refused for good has moved from accepted to rejected; what was found in a spool counts as received here.
struct Figures {
  IngestCounters counters;
  std::uint64_t forwarded = 0;
  std::uint64_t pending = 0;
  std::uint64_t stalled = 0;  ///< 1 where the origin has taken nothing for 60 s while events waited.

  static Figures of(const IngestCounters& counters, const Request& request);

  /// `GET /v1/logs/health` as a JSON object.
  void write_health(Buffer& out, std::string_view version) const;

  /// `GET /v1/logs/metrics` in Prometheus' text exposition format 0.0.4.
  void write_metrics(Buffer& out, std::string_view version) const;
};

/// The same, as one module tells them to another of the same build.
using FigureNumbers = std::array<std::uint64_t, sizeof(Figures) / sizeof(std::uint64_t)>;
static_assert(std::is_trivially_copyable_v<Figures> && sizeof(FigureNumbers) == sizeof(Figures));

}  // namespace mayday
