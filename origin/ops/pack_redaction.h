#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace mayday::origin::ops {

/// `abcd...wxyz`; of a text of at most 8 bytes nothing is left but `...`.
std::string mask_ends(std::string_view id);

/// The last 6 bytes behind `...`; nothing of a text of at most 6.
std::string mask_start(std::string_view id);

/// Makes a pack fit to be given away (SPEC section 6), in place: session and socket ids keep four characters at each end, user ids
/// their last six, wherever they stand, room names lose their session; what a member's name calls a secret goes with its
/// member; tokens, keys, passwords and e-mail addresses go from every text.
void redact_pack(nlohmann::json& pack);

}  // namespace mayday::origin::ops
