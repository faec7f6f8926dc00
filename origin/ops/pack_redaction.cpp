#include "origin/ops/pack_redaction.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "mayday/event/schema.h"
#include "origin/support/clean_text.h"

namespace mayday::origin::ops {
namespace {

using nlohmann::json;

enum class Id { none, ends, start };

/// A text this short stands in other texts by chance.
constexpr std::size_t replaced_bytes_min = 6;
constexpr std::size_t text_code_points_max = 8'192;

Id kind_of(std::string_view name) {
  if (name == "sessionId" || name == "session_id" || name == "socketId" || name == "socket_id") return Id::ends;
  if (name == "userId" || name == "user_id" || name == "affectedUser") return Id::start;
  return Id::none;
}

std::string mask(Id kind, std::string_view id) { return kind == Id::ends ? mask_ends(id) : mask_start(id); }

/// Names that say whom to write to, or hold a secret. Ids of sessions are none, though `session` is in their names.
bool is_removed(std::string_view name) {
  if (kind_of(name) != Id::none) return false;
  if (name == "contact" || name == "email") return true;
  return schema::is_secret_name(name) && name.find("ession") == std::string_view::npos;
}

/// Every id that stands under a name for ids, with what stands for it.
void gather(const json& value, std::map<std::string, std::string>& masks) {
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) {
      const Id kind = kind_of(name);
      if (kind != Id::none && inner.is_string()) {
        const auto& id = inner.get_ref<const std::string&>();
        if (!id.empty()) masks.emplace(id, mask(kind, id));
      }
      gather(inner, masks);
    }
  } else if (value.is_array()) {
    for (const json& inner : value) gather(inner, masks);
  }
}

std::string replace_ids(std::string text, const std::map<std::string, std::string>& masks) {
  for (const auto& [id, masked] : masks) {
    if (id.size() < replaced_bytes_min) continue;
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at + masked.size())) {
      text.replace(at, id.size(), masked);
    }
  }
  return text;
}

void clean(json& value, const std::map<std::string, std::string>& masks);

void clean_object(json& object, const std::map<std::string, std::string>& masks) {
  for (auto member = object.begin(); member != object.end();) {
    if (is_removed(member.key())) {
      member = object.erase(member);
      continue;
    }
    const Id kind = kind_of(member.key());
    if (kind != Id::none && member->is_string()) {
      *member = mask(kind, member->get_ref<const std::string&>());
    } else {
      clean(*member, masks);
    }
    ++member;
  }
}

void clean(json& value, const std::map<std::string, std::string>& masks) {
  if (value.is_object()) return clean_object(value, masks);
  if (value.is_array()) {
    for (json& inner : value) clean(inner, masks);
  } else if (value.is_string()) {
    value = clean_text(replace_ids(value.get<std::string>(), masks), schema::Profile::message, text_code_points_max);
  }
}

}  // namespace

std::string mask_ends(std::string_view id) {
  if (id.size() <= 8) return "...";
  return std::string(id.substr(0, 4)) + "..." + std::string(id.substr(id.size() - 4));
}

std::string mask_start(std::string_view id) {
  if (id.size() <= 6) return "...";
  return "..." + std::string(id.substr(id.size() - 6));
}

void redact_pack(json& pack) {
  std::map<std::string, std::string> masks;
  gather(pack, masks);
  clean(pack, masks);
}

}  // namespace mayday::origin::ops
