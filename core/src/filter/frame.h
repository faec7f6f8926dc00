#pragma once

#include <cstddef>
#include <string_view>

namespace mayday {

/// Of a line of a stack: what runs, and the file it runs in, without folders and position. No file: it is no frame.
struct Frame {
  std::string_view function, file;
};

/// Reads a line of a stack that begins at `begin`, behind its quote in a JSON text that ends at `text_end`: a frame as V8
/// writes it, `at f (location)`, that stands in JSON as it is and holds nothing that redaction would look at twice.
/// Answers the quote behind it; nullptr where it is anything else, which is to be read like any other text.
const char* find_frame_end(const char* begin, const char* text_end);

/// The parts of a line that `find_frame_end` has read, as the fingerprint has them. `before` bytes in front of `begin` may
/// be read. Where its file is not plainly there, none.
Frame frame_of_plain(const char* begin, const char* end, std::size_t before);

}  // namespace mayday
