// What few events have: remarks, ours and those of a sanitizer before this one, and LangGraph's members.
#include "event_writer.h"
#include "mayday/base/json_writer.h"
#include "mayday/base/utf8.h"

namespace mayday {

using json::Kind;

namespace {

constexpr std::size_t payload_text_limit = 1'024;
constexpr std::size_t remark_bytes_max = 32;
constexpr std::uint64_t remarks_max = 100;

/// `dropped:type`, `cut`, `redacted:<kind>`: what a sanitizer writes, and nothing else.
bool is_remark(std::string_view text) {
  const auto is_word = [](std::string_view word) {
    for (char c : word) {
      if ((c < 'a' || c > 'z') && c != '_') return false;
    }
    return !word.empty() && word.size() <= remark_bytes_max;
  };
  if (text == "cut" || text == "dropped:type" || text == "dropped:limit") return true;
  return text.starts_with("redacted:") && is_word(text.substr(9));
}

bool is_path(std::string_view text) {
  for (char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!word && c != '_' && c != '.' && c != '-') return false;
  }
  return !text.empty() && text.size() <= 64;
}

}  // namespace

/// Where the writer stands, and what became of the value there.
void EventWriter::remark(std::string_view what, std::string_view kind) {
  Buffer& meta = s_.meta_;
  const std::size_t start = meta.size();
  meta.append('"');
  for (std::size_t i = 0; i < path_parts_; ++i) {
    if (i > 0) meta.append('.');
    if (path_[i].name.empty())
      json::append_integer(meta, static_cast<std::int64_t>(path_[i].index));
    else
      json::append_escaped(meta, path_[i].name);
  }
  finish_remark(start, what, kind);
}

void EventWriter::finish_remark(std::size_t start, std::string_view what, std::string_view kind) {
  Buffer& meta = s_.meta_;
  meta.append("\":");
  if (meta.view().substr(0, start).find(meta.view_from(start)) != std::string_view::npos) return meta.truncate(start);
  meta.append('"');
  meta.append(what);
  meta.append(kind);
  meta.append("\",");
  ++facts_.remarks;
}

/// The members of LangGraph are taken back from the last to the first, each with the comma before it, or behind it
/// where it came first.
void EventWriter::cut_langgraph() {
  s_.unknown_fields_ += langgraph_count_;
  Buffer& out = out_.flush();
  while (langgraph_count_ > 0) {
    OutputRange range = langgraph_[--langgraph_count_ % langgraph_.size()];
    const bool first = range.begin == event_start_ + 1;
    if (first && range.end < out.size()) ++range.end;
    const std::size_t rest = out.size() - range.end;
    std::memmove(out.data() + range.begin, out.data() + range.end, rest);
    out.truncate(range.begin + rest);
    for (OutputRange* told :
         {&facts_.message, &facts_.error_message, &facts_.session_id, &facts_.stack, &facts_.device}) {
      if (told->begin < range.end) continue;
      told->begin -= range.end - range.begin;
      told->end -= range.end - range.begin;
    }
  }
}

/// Everything but what a key or a form betrays. Not deeper than the reader lets it, and hardly further than to the
/// payload's limit: what stands behind it is read, and not written.
void EventWriter::copy_redacted(std::size_t payload_start) {
  if (out_.size() - payload_start > payload_bytes_max) return reader_.skip();
  switch (reader_.kind()) {
    case Kind::object: return copy_object(payload_start);
    case Kind::array:
      out_.append('[');
      for (bool more = reader_.first_element(); more; more = reader_.next_element()) {
        out_.comma();
        copy_redacted(payload_start);
      }
      return out_.append(']');
    case Kind::string: put_text(reader_.string(), payload_text_limit, schema::Profile::value); return;
    case Kind::number: return keep(reader_.number().spelling);
    case Kind::boolean: boolean(); return;
    case Kind::null: reader_.null(); return out_.append("null");
    case Kind::bad: return reader_.skip();
  }
}

void EventWriter::copy_object(std::size_t payload_start) {
  const std::uint64_t object = payload_objects_++;
  out_.append('{');
  for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
    s_.redacted_.clear();
    const bool secret =
        schema::is_secret_name(reader_.key()) || redact(reader_.key(), schema::Profile::value, s_.redacted_).changed;
    if (secret || out_.size() - payload_start > payload_bytes_max) {
      if (secret) remark("redacted:secret");
      reader_.skip();
      continue;
    }
    const std::string_view name = utf8::prefix(reader_.key(), 64);
    if (!s_.names_.insert(name, object)) refuse(Refusal::Why::duplicate, "payload");
    key(name);
    copy_redacted(payload_start);
  }
  out_.append('}');
}

[[gnu::noinline]] EventWriter::Outcome EventWriter::payload() {
  const std::size_t start = out_.size(), meta_start = s_.meta_.size();
  const std::uint64_t remarks = facts_.remarks;
  s_.names_.clear();
  copy_redacted(start);
  if (out_.size() - start <= payload_bytes_max) return Outcome::written;
  // What was remarked of its texts speaks of nothing that is still there.
  s_.meta_.truncate(meta_start);
  facts_.remarks = remarks;
  remark("dropped:limit");
  return Outcome::dropped;
}

/// What a sanitizer before this one remarked (the browser's own) is kept where it is spelled as we spell it.
[[gnu::noinline]] EventWriter::Outcome EventWriter::meta() {
  for (bool more = reader_.first_member(); more; more = reader_.next_member()) {
    const std::size_t start = s_.meta_.size();
    s_.meta_.append('"');
    s_.meta_.append(reader_.key());
    const bool fits = is_path(reader_.key()) && facts_.remarks < remarks_max && reader_.kind() == Kind::string;
    const std::string_view text = fits ? reader_.string().bytes : std::string_view();
    if (!fits) reader_.skip();
    if (is_remark(text))
      finish_remark(start, text, {});
    else
      s_.meta_.truncate(start);
  }
  return Outcome::absent;
}

}  // namespace mayday
