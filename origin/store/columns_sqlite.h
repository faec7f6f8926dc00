#pragma once

#include <bit>
#include <cstdint>

/// How values of the store's door stand in SQLite's columns.
namespace mayday::origin::sqlite {

/// `rolled.width` of the mark that the whole file is about to be deleted.
inline constexpr std::int64_t day_is_dropped_width = 0;

/// SQLite has signed 64-bit integers alone: the same bits.
constexpr std::int64_t as_integer(std::uint64_t fingerprint) { return std::bit_cast<std::int64_t>(fingerprint); }
constexpr std::uint64_t as_fingerprint(std::int64_t integer) { return std::bit_cast<std::uint64_t>(integer); }

}  // namespace mayday::origin::sqlite
