#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound of the wire and of memory, with its unit and its reason. Field lengths stand with their
/// fields in `event/schema.h`. Text limits count Unicode code points; everything else counts bytes or items.
namespace mayday {

/// One `POST /v1/logs` body, after decompression. A hundred rich events fit; a file does not.
inline constexpr std::size_t body_bytes_max = 256 * 1024;

/// Events in one body. More is answered 413: the client splits and sends again.
inline constexpr std::size_t batch_events_max = 100;

/// Nesting of objects and arrays, the outermost counted. An event needs 5; a payload has room to spare.
inline constexpr std::size_t json_depth_max = 32;

/// A JSON string is kept up to here and only validated beyond: the longest text field (512 code points of
/// 4 bytes) plus what redaction must see past the cut.
inline constexpr std::size_t string_bytes_kept = 4 * 1024;
static_assert(string_bytes_kept >= 512 * 4 * 2 - 512, "a cut text must be redacted with what follows the cut");

/// A member's name is compared up to here; a longer one is no field of ours.
inline constexpr std::size_t key_bytes_kept = 256;

/// LangGraph's `payload`, as JSON after redaction; dropped whole beyond.
inline constexpr std::size_t payload_bytes_max = 4 * 1024;

/// Names that configuration adds to those that `data` keeps; those seen are kept as bits of one word.
inline constexpr std::size_t added_data_keys_max = 32;

/// `x-request-id`: 1 to 128 of [A-Za-z0-9._-].
inline constexpr std::size_t request_id_bytes_max = 128;

/// The cookie of Diagnostic Mode. Three claims and a signature need 200 bytes.
inline constexpr std::size_t diagnostic_token_bytes_max = 2 * 1024;

/// A team's own patterns against which messages are held, and one of them. Each is tried on each event.
inline constexpr std::size_t filter_patterns_max = 32;
inline constexpr std::size_t filter_pattern_bytes_max = 128;

/// What browsers say they dropped, in one report and for one reason. Nobody's queue is as long; a forger's sum stays small.
inline constexpr std::int64_t discarded_events_max = 1'000'000;

/// Clocks that are less apart than this are not corrected: what lies between may be the network.
inline constexpr std::int64_t drift_ms_max = 60'000;

/// Log records in one OTLP request: what OpenTelemetry's batch processors send at most by default.
inline constexpr std::size_t otlp_records_max = 512;

/// The events that they become, together: what a resource tells is written again with each of its records.
inline constexpr std::size_t otlp_events_bytes_max = 8 * 1024 * 1024;

/// What browsers give beacons and keepalive requests together is 65,536 bytes in flight (Fetch standard,
/// "inflightKeepaliveBytes"); headers and a second tab need room too.
inline constexpr std::size_t beacon_bytes_max = 60'000;

/// One event in the browser's queue, as JSON. A larger one is sanitized again with fewer frames and without
/// breadcrumbs; one that is still larger is dropped and counted.
inline constexpr std::size_t event_bytes_max = 28 * 1024;
static_assert(event_bytes_max * 2 <= beacon_bytes_max, "a beacon must hold at least two events");
static_assert(beacon_bytes_max <= body_bytes_max, "the edge must take what a beacon holds");

/// Events that wait in a page; the oldest is dropped first, and counted.
inline constexpr std::size_t queue_events_max = 100;

/// Distinct signatures that the browser's dedupe window remembers at once; the oldest makes room.
inline constexpr std::size_t dedupe_signatures_max = 64;

/// Client addresses whose rate the edge remembers at once (16 bytes each).
inline constexpr std::size_t rate_limit_addresses_max = 8 * 1024;

}  // namespace mayday
