#pragma once

#include <cstddef>
#include <string_view>

#include "mayday/base/assert.h"
#include "mayday/base/buffer.h"

namespace mayday {

/// A line while it is written from an event that is read. Most of it stays as it was sent, so pieces of the input that
/// follow one another are not copied one by one: they are kept as one run, and copied when something else is to be
/// written. Whoever ends the line calls `flush`.
class Line {
 public:
  explicit Line(Buffer& out) : out_(out) {}

  /// Bytes written so far, the run counted.
  std::size_t size() const { return out_.size() + run_size(); }

  /// Takes over [begin, end) of the input as it stands.
  void keep(const char* begin, const char* end) {
    if (begin != run_end_) {
      flush();
      run_begin_ = begin;
    }
    run_end_ = end;
  }

  /// True if [begin, end) of the input was taken over just as it stands.
  bool keeps(const char* begin, const char* end) const {
    return run_end_ == end && run_begin_ != nullptr && run_begin_ <= begin;
  }

  /// Before the member or element at `next` of the input: writes a comma unless it is the first. Inlined
  /// in any case: every member and element passes here.
  [[gnu::always_inline]] void comma(const char* next) {
    if (next == run_end_) return;
    if (run_end_ != nullptr && next == run_end_ + 1 && *run_end_ == ',') {
      ++run_end_;
    } else {
      comma();
    }
  }
  void comma() {
    const char last = flush().data()[out_.size() - 1];
    if (last != '{' && last != '[') out_.append(',');
  }

  /// Writes the bracket that stands at `at` of the input.
  void close(const char* at) {
    if (at == run_end_)
      ++run_end_;
    else
      append(*at);
  }

  void append(std::string_view text) { flush().append(text); }
  void append(char c) { flush().append(c); }

  /// Copies the run; what is written to the buffer then stands behind it.
  Buffer& flush() {
    if (run_begin_ != run_end_) out_.append({run_begin_, run_size()});
    run_begin_ = run_end_ = nullptr;
    return out_;
  }

  /// Forgets what was written past `size`.
  void truncate(std::size_t size) {
    MAYDAY_ASSERT(size <= this->size());
    if (size >= out_.size()) {
      run_end_ = run_begin_ + (size - out_.size());
    } else {
      run_begin_ = run_end_ = nullptr;
      out_.truncate(size);
    }
  }

 private:
  std::size_t run_size() const { return static_cast<std::size_t>(run_end_ - run_begin_); }

  Buffer& out_;
  const char* run_begin_ = nullptr;
  const char* run_end_ = nullptr;
};

}  // namespace mayday
