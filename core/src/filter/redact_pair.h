#pragma once

#include "pattern.h"

/// Names and their values. Each is asked at a byte that `candidates` (redact.cpp) picked, and answers in the matcher.
namespace mayday::redaction {

bool find_pair(Matcher& text, std::size_t at);  ///< At what stands between a name and its value.
bool find_flag(Matcher& text, std::size_t at);  ///< At the first dash of `--name value`.
bool find_named(Matcher& text,
                std::size_t at);  ///< At a sign in a name, with a made-up value behind: `refresh_token 1//0a`.
bool find_worded(Matcher& text, std::size_t at);  ///< In a word with a digit, behind its name: `password hunter2`.
bool find_quoted(Matcher& text, std::size_t at);  ///< At the quote before a value that is named before: `password 'x'`.

}  // namespace mayday::redaction
