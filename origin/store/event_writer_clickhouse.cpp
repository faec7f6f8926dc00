#include "origin/store/event_writer_clickhouse.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mayday/base/buffer.h"
#include "mayday/base/json_writer.h"
#include "origin/clock.h"
#include "origin/log.h"

namespace mayday::origin::clickhouse {
namespace {

/// What a statement may hold of ids (max_query_size is 256 KiB).
constexpr std::size_t ids_max = 4'000;

/// Looking what days take asks for all parts.
constexpr std::int64_t look_ms = 30'000;

/// As in place.cpp: where an earlier delivery may stand.
constexpr std::int64_t beside_ms = day_ms;

constexpr const char* tables[] = {"origin_minutes", "origin_patterns", "origin_faces", "origin_events"};

void write_row(Buffer& lines, const EventRow& row, const std::string& id, Timestamp occurred) {
  json::ObjectWriter out(lines);
  out.string("event_id", id);
  char time[timestamp_chars];
  format_timestamp(occurred, time);
  out.string("occurred", {time, timestamp_chars});
  format_timestamp(row.received, time);
  out.string("received", {time, timestamp_chars});
  out.integer("level", static_cast<std::int64_t>(row.level));
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"service", row.service},       {"environment", row.environment},
      {"release", row.release},       {"message", row.message},
      {"error_type", row.error_type}, {"error_message", row.error_message},
      {"component", row.component},   {"route", row.route},
      {"session_id", row.session_id}, {"user_id", row.user_id},
      {"trace_id", row.trace_id},     {"request_id", row.request_id},
      {"error_code", row.error_code}, {"page", row.page},
      {"action", row.action},         {"body", row.body}};
  for (const auto& [name, text] : texts) out.string(name, text);
  out.string("fingerprint", std::to_string(row.fingerprint.value_or(0)));
  out.integer("occurrences", row.occurrences);
  out.integer("severity", static_cast<std::int64_t>(row.severity));
  out.integer("error_kind", static_cast<std::int64_t>(row.error_kind));
  out.integer("user_blocked", row.user_blocked ? 1 : 0);
  out.integer("recovery_attempted", row.recovery_attempted ? 1 : 0);
  out.integer("recovered", row.recovered ? 1 : 0);
  out.close();
  lines.append('\n');
}

}  // namespace

/// By the time around the rows, which is the table's order, and by the filter on event_id.
Result<void> EventWriter::find_known(std::span<const Placed> rows, Ids& known) {
  for (std::size_t start = 0; start < rows.size(); start += ids_max) {
    const std::span<const Placed> some = rows.subspan(start, std::min(ids_max, rows.size() - start));
    Timestamp first = some.front().place.occurred, last = first;
    std::string list;
    for (const Placed& placed : some) {
      first = std::min(first, placed.place.occurred);
      last = std::max(last, placed.place.occurred);
      list += (list.empty() ? "'" : ",'") + placed.id + "'";
    }
    const auto found =
        client_.ask("SELECT DISTINCT event_id FROM origin_events WHERE occurred >= " + quote({first.ms - beside_ms}) +
                    " AND occurred <= " + quote({last.ms + beside_ms}) + " AND event_id IN (" + list + ")");
    if (!found) return found.error();
    for (const nlohmann::json& row : *found) known.insert(row.at(0).get<std::string>());
  }
  return {};
}

Result<void> EventWriter::write(std::span<AppendQueue::Job> jobs, std::vector<const EventRow*>& added) {
  const std::int64_t oldest_day = day_of(options_.now()) - options_.retention_days;
  std::vector<Placed> rows;
  for (AppendQueue::Job& job : jobs) {
    for (const EventRow& row : job.batch->rows()) {
      char id[uuid_chars];
      format_uuid(row.event_id, id);
      rows.push_back({&row, &job, place(row, oldest_day), std::string(id, sizeof id)});
    }
  }
  if (Result<void> begun = turns_.begin(); !begun) return begun;
  Result<void> inserted = insert_new(rows, added);
  turns_.end();
  return inserted;
}

Result<void> EventWriter::insert_new(std::span<const Placed> rows, std::vector<const EventRow*>& added) {
  Ids known;
  if (Result<void> found = find_known(rows, known); !found) return found;
  Buffer lines;
  for (const Placed& placed : rows) {
    if (!known.insert(placed.id).second) {
      ++placed.job->appended.known;
      continue;
    }
    ++placed.job->appended.stored;
    write_row(lines, *placed.row, placed.id, placed.place.occurred);
    added.push_back(placed.row);
  }
  if (added.empty()) return {};
  Result<void> inserted = client_.insert("origin_events", lines.view());
  if (!inserted) added.clear();
  return inserted;
}

void EventWriter::tend() {
  if (steady_ms() - looked_ms_ < look_ms && looked_ms_ != 0) return;
  looked_ms_ = steady_ms();
  const auto days = client_.ask(
      "SELECT toUInt32(toDate(partition)), sum(bytes_on_disk) FROM system.parts WHERE active AND database ="
      " currentDatabase() AND table LIKE 'origin\\\\_%' GROUP BY partition ORDER BY partition DESC");
  if (!days) return;
  const std::int64_t today = day_of(options_.now());
  std::uint64_t bytes = 0, kept_bytes = 0;
  for (const nlohmann::json& row : *days) {
    const auto day = row.at(0).get<std::int64_t>();
    bytes += row.at(1).get<std::uint64_t>();
    const bool is_too_much = options_.retention_bytes > 0 && bytes > options_.retention_bytes && day < today;
    if (day >= today - options_.retention_days && !is_too_much) {
      kept_bytes = bytes;
      continue;
    }
    for (const char* table : tables) {
      char text[timestamp_chars];
      format_timestamp(start_of_day(day), text);
      if (!client_.run("ALTER TABLE " + std::string(table) + " DROP PARTITION '" + std::string(text, 10) + "'")) return;
    }
    log_line(Level::info, "dropped the events of the day " + std::to_string(day));
  }
  bytes_.store(kept_bytes);
}

}  // namespace mayday::origin::clickhouse
