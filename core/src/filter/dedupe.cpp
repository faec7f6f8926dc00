#include "mayday/filter/dedupe.h"

#include <limits>
#include <utility>

namespace mayday {

DedupeWindow::DedupeWindow(std::int64_t window_ms) : window_ms_(window_ms) {}

bool DedupeWindow::fold(std::uint64_t signature, Timestamp now, std::uint32_t times) {
  for (Window& window : windows_) {
    if (!window.used || window.signature != signature) continue;
    if (now.ms - window.opened.ms >= window_ms_) return false;
    window.folded += times;
    return true;
  }
  return false;
}

void DedupeWindow::open(std::uint64_t signature, std::string_view event, Timestamp now) {
  Window* place = &windows_[0];
  for (Window& window : windows_) {
    const bool same = window.used && window.signature == signature;
    if (same || (place->used && (!window.used || window.opened < place->opened))) place = &window;
    if (same) break;
  }
  if (place->used && place->folded > 0) {
    evicted_.folded = place->folded;
    evicted_.used = true;
    evicted_.event = std::move(place->event);  // Which takes the other's room in return.
  }
  place->signature = signature;
  place->opened = now;
  place->folded = 0;
  place->used = true;
  place->event.clear();
  place->event.append(event);
}

DedupeWindow::Summary DedupeWindow::take_ended(Timestamp now, bool all) {
  if (evicted_.used && evicted_.folded > 0) {
    evicted_.used = false;
    return {evicted_.event.view(), evicted_.folded};
  }
  for (Window& window : windows_) {
    if (!window.used || (!all && now.ms - window.opened.ms < window_ms_)) continue;
    window.used = false;
    if (window.folded > 0) return {window.event.view(), window.folded};
  }
  return {};
}

Timestamp DedupeWindow::next_end() const {
  Timestamp next{std::numeric_limits<std::int64_t>::max()};
  if (evicted_.used) return {};
  for (const Window& window : windows_) {
    const Timestamp end{window.opened.ms + window_ms_};
    if (window.used && window.folded > 0 && end < next) next = end;
  }
  return next;
}

}  // namespace mayday
