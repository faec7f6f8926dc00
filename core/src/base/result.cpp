#include "mayday/base/result.h"

#include "mayday/base/entries.h"

namespace mayday {

std::string_view to_string(Code code) { return entry_at(code_names, static_cast<std::size_t>(code)); }

}  // namespace mayday
