#pragma once

#include <bit>
#include <cstdint>

/// How values of the store's door stand in SQLite's columns.
namespace mayday::origin::sqlite {

inline constexpr std::int64_t minute_ms = 60'000;
inline constexpr std::int64_t span_ms = 5 * minute_ms;

/// SQLite has signed 64-bit integers alone: the same bits.
constexpr std::int64_t as_integer(std::uint64_t fingerprint) { return std::bit_cast<std::int64_t>(fingerprint); }
constexpr std::uint64_t as_fingerprint(std::int64_t integer) { return std::bit_cast<std::uint64_t>(integer); }

}  // namespace mayday::origin::sqlite
