#include "origin/ops/activity.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mayday/base/buffer.h"
#include "mayday/base/json_writer.h"
#include "origin/clock.h"
#include "origin/errors/resolutions.h"

namespace mayday::origin::ops {
namespace {

using nlohmann::json;

constexpr std::int64_t active_ms = 5 * 60 * 1'000;

std::string entry(Timestamp at, std::string_view type, json more) {
  more["timestamp"] = at.ms;
  more["type"] = type;
  return more.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The same for what each event brings: texts of events, which are well-formed; without those that are empty.
std::string event_entry(Timestamp at, std::string_view type,
                        std::initializer_list<std::pair<std::string_view, std::string_view>> texts) {
  mayday::Buffer text;
  mayday::json::ObjectWriter out(text);
  for (const auto& [name, value] : texts) {
    if (!value.empty()) out.string(name, value);
  }
  out.integer("timestamp", at.ms);
  out.string("type", type);
  out.close();
  return std::string(text.view());
}

}  // namespace

std::string_view to_string(Buffer buffer) {
  switch (buffer) {
    case Buffer::socket: return "socket";
    case Buffer::relay: return "relay";
    case Buffer::session: return "session";
    case Buffer::error: return "error";
  }
  return "error";
}

std::shared_ptr<void> Activity::connect(std::string_view socket_id, std::string_view role, std::string_view surface,
                                        Timestamp now) {
  {
    const std::lock_guard lock(mutex_);
    ++sockets_.connects;
    ++sockets_.by_role[std::string(role)];
    ++sockets_.by_surface[std::string(surface)];
    push(Buffer::socket, entry(now, "connect", {{"socketId", socket_id}, {"role", role}, {"surface", surface}}));
  }
  return {this, [this, id = std::string(socket_id), of_role = std::string(role),
                 of_surface = std::string(surface)](void*) { disconnect(id, of_role, of_surface); }};
}

void Activity::disconnect(const std::string& socket_id, const std::string& role, const std::string& surface) {
  const std::lock_guard lock(mutex_);
  ++sockets_.disconnects;
  --sockets_.by_role[role];
  --sockets_.by_surface[surface];
  push(Buffer::socket,
       entry(wall_clock_now(), "disconnect", {{"socketId", socket_id}, {"role", role}, {"surface", surface}}));
}

void Activity::auth_failed(std::string_view reason, Timestamp now) {
  const std::lock_guard lock(mutex_);
  ++sockets_.auth_fails;
  push(Buffer::socket, entry(now, "auth_fail", {{"reason", reason}}));
}

SessionFigures& Activity::session_of(std::string_view session_id, Timestamp now) {
  if (const auto found = sessions_.find(session_id); found != sessions_.end()) {
    silent_longest_.splice(silent_longest_.end(), silent_longest_, found->second.place);
    found->second.figures.seen = now;
    return found->second.figures;
  }
  if (sessions_.size() >= sessions_max) {
    sessions_.erase(sessions_.find(*silent_longest_.front()));
    silent_longest_.pop_front();
  }
  const auto added = sessions_.try_emplace(std::string(session_id)).first;
  added->second.place = silent_longest_.insert(silent_longest_.end(), &added->first);
  added->second.figures.seen = now;
  push(Buffer::session, event_entry(now, "seen", {{"sessionId", session_id}}));
  return added->second.figures;
}

void Activity::arrived(const EventBatch& batch, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const std::size_t lines = batch.rows().size() + batch.rejected().size();
  relay_.frames += lines;
  relay_.drops += batch.rejected().size();
  const std::int64_t second = now.ms / 1'000;
  const auto slot = static_cast<std::size_t>(second % 60);
  if (second_of_[slot] != second) second_of_[slot] = second, second_lines_[slot] = 0;
  second_lines_[slot] += lines;
  for (const EventRow& row : batch.rows()) {
    if (row.occurred == row.received) ++relay_.drift_warnings;
    if (!row.session_id.empty()) ++session_of(row.session_id, now).streams[std::string(row.service)].frames_in;
  }
  push(Buffer::relay,
       entry(now, "batch", {{"lines", lines}, {"rejected", batch.rejected().size()}, {"bytes", batch.bytes()}}));
}

void Activity::refused(const EventBatch& batch, std::string_view reason, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const std::size_t lines = batch.rows().size() + batch.rejected().size();
  relay_.frames += lines;
  relay_.drops += lines;
  push(Buffer::relay, entry(now, "refused", {{"lines", lines}, {"reason", reason}}));
}

void Activity::committed(std::span<const EventRow* const> rows, Timestamp now) {
  const std::lock_guard lock(mutex_);
  for (const EventRow* row : rows) {
    if (!row->session_id.empty()) {
      SessionFigures& session = session_of(row->session_id, now);
      ++session.streams[std::string(row->service)].acked;
      if (row->occurred < session.latest) ++session.out_of_order;
      session.latest = std::max(session.latest, row->occurred);
      if (row->level == Level::error) session.last_error = std::string(row->message);
    }
    if (row->level != Level::error) continue;
    push(Buffer::error, event_entry(row->occurred, "event",
                                    {{"message", row->message},
                                     {"service", row->service},
                                     {"errorType", row->error_type},
                                     {"sessionId", row->session_id},
                                     {"fingerprint", row->fingerprint ? hex_of(*row->fingerprint) : std::string()}}));
  }
}

void Activity::note_exception(std::string_view what, std::string_view request_id, Timestamp now) {
  const std::lock_guard lock(mutex_);
  push(Buffer::error, entry(now, "exception", {{"message", what}, {"requestId", request_id}}));
}

SocketFigures Activity::sockets() {
  const std::lock_guard lock(mutex_);
  return sockets_;
}

RelayFigures Activity::relay(Timestamp now) {
  const std::lock_guard lock(mutex_);
  RelayFigures figures = relay_;
  for (const auto& [id, session] : sessions_)
    figures.active_sessions += now.ms - session.figures.seen.ms < active_ms ? 1 : 0;
  std::uint64_t lines = 0;
  for (std::size_t i = 0; i < second_of_.size(); ++i) {
    if (now.ms / 1'000 - second_of_[i] < 60) lines += second_lines_[i];
  }
  const std::uint64_t tenths_a_second = lines / 6;
  figures.ingest_rate = static_cast<double>(tenths_a_second) / 10;
  return figures;
}

std::optional<SessionFigures> Activity::session(const std::string& session_id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end()) return std::nullopt;
  SessionFigures figures = found->second.figures;
  for (const auto& [service, stream] : figures.streams) {
    figures.duplicates += stream.frames_in > stream.acked ? stream.frames_in - stream.acked : 0;
  }
  return figures;
}

std::array<Ring, buffers_count> Activity::buffers() {
  const std::lock_guard lock(mutex_);
  return rings_;
}

}  // namespace mayday::origin::ops
