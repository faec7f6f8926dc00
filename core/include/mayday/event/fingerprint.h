#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mayday {

/// What makes two errors the same across users, releases and builds: 64 bits over the error's type, its message and the
/// files and functions of its top frames, with numbers, hex runs, quoted words, UUIDs, line and column numbers, query
/// strings, hosts and the content hashes in file names normalised away. Fed in any order, each part at most once; the
/// values are stored and must never change: tests/cases/fingerprint pins them. `slack` bytes behind a text may be read,
/// though they mean nothing: a short text is then read as fast as a piece of a long one.
class Fingerprint {
 public:
  void add_type(std::string_view type);
  /// Both take a message's `hash_of_message`.
  void add_message(std::uint64_t hash) { message_ = hash; }
  void add_error_message(std::uint64_t hash) { error_message_ = hash; }
  static std::uint64_t hash_of_message(std::string_view message, std::size_t slack = 0);
  /// The frames that count are the first `frames_max`; call once for each stack line, topmost first. A line that is no
  /// frame (the `TypeError: ...` that Chrome puts first) is passed over.
  void add_stack_line(std::string_view line, std::size_t slack = 0);

  /// The same for a frame whose parts are known; what is before `readable_end` may be read.
  void add_frame(std::string_view function, std::string_view file, const char* readable_end);
  bool takes_frames() const { return frames_ < frames_max; }

  std::uint64_t value() const;

  static constexpr int frames_max = 5;

 private:
  std::uint64_t type_ = 0;
  std::uint64_t message_ = 0;
  std::uint64_t error_message_ = 0;
  std::uint64_t stack_ = 0;
  int frames_ = 0;
};

}  // namespace mayday
