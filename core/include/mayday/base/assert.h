#pragma once

/// Stops the program when the code itself is wrong. Never used on input: bad input is returned as an `Error`.
/// Always on, in every build: what is tested is what is shipped.
#define MAYDAY_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
