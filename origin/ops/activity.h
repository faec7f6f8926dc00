#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mayday/base/timestamp.h"
#include "origin/ops/ring.h"
#include "origin/store/event_batch.h"

/// What goes on in this origin right now, counted where it happens: what a support pack tells (SPEC section 6).
namespace mayday::origin::ops {

/// Live streams to dashboards.
struct SocketFigures {
  std::uint64_t connects = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t auth_fails = 0;
  std::uint64_t joins = 0;  ///< Of rooms.
  std::uint64_t leaves = 0;
  std::map<std::string, std::uint64_t> by_role;  ///< Open ones.
  std::map<std::string, std::uint64_t> by_surface;
};

/// The ingest path.
struct RelayFigures {
  std::uint64_t frames = 0;           ///< Lines that came.
  std::uint64_t drops = 0;            ///< Lines that were refused: unreadable, or the store could not take them.
  std::uint64_t drift_warnings = 0;   ///< Events whose clock was ahead of their receipt.
  std::uint64_t active_sessions = 0;  ///< Browser sessions that sent something within five minutes.
  double ingest_rate = 0;             ///< Lines a second, over the last minute.
};

/// One browser session's stream of one service.
struct StreamFigures {
  std::uint64_t frames_in = 0;
  std::uint64_t acked = 0;
};

struct SessionFigures {
  std::map<std::string, StreamFigures> streams;
  std::uint64_t duplicates = 0;
  std::uint64_t out_of_order = 0;  ///< Came after a later one.
  std::string last_error;
  Timestamp latest;
  Timestamp seen;
};

enum class Buffer : std::uint8_t { socket, relay, session, error };
inline constexpr std::size_t buffers_count = 4;
std::string_view to_string(Buffer buffer);

/// Every function may be called from any thread, and is quick.
class Activity {
 public:
  static constexpr std::size_t sessions_max = 10'000;

  explicit Activity(Timestamp started) : started_(started) {}

  /// A stream that ends with the last owner of the answer.
  std::shared_ptr<void> connect(std::string_view socket_id, std::string_view role, std::string_view surface,
                                Timestamp now);
  void auth_failed(std::string_view reason, Timestamp now);

  /// A batch has been answered: what of it was new has been told by `committed` before.
  void arrived(const EventBatch& batch, Timestamp now);
  void refused(const EventBatch& batch, std::string_view reason, Timestamp now);
  void committed(std::span<const EventRow* const> rows, Timestamp now);

  void note_exception(std::string_view what, std::string_view request_id, Timestamp now);

  Timestamp started() const { return started_; }
  SocketFigures sockets();
  RelayFigures relay(Timestamp now);
  std::optional<SessionFigures> session(const std::string& session_id);
  std::array<Ring, buffers_count> buffers();

 private:
  struct Session {
    SessionFigures figures;
    std::list<const std::string*>::iterator place;
  };
  struct HashText {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name.
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  void disconnect(const std::string& socket_id, const std::string& role, const std::string& surface);
  SessionFigures& session_of(std::string_view session_id, Timestamp now);
  void push(Buffer buffer, std::string entry) { rings_[static_cast<std::size_t>(buffer)].push(std::move(entry)); }

  std::mutex mutex_;
  Timestamp started_;
  SocketFigures sockets_;
  RelayFigures relay_;
  std::unordered_map<std::string, Session, HashText, std::equal_to<>> sessions_;
  std::list<const std::string*> silent_longest_;  ///< Keys of `sessions_`, who has been silent longest first.
  std::array<std::uint64_t, 60> second_lines_{};  ///< Lines by second, the last minute's.
  std::array<std::int64_t, 60> second_of_{};
  std::array<Ring, buffers_count> rings_;
};

}  // namespace mayday::origin::ops
