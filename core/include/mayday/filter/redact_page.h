#pragma once

#include "mayday/filter/redact.h"

namespace mayday {

/// What a page takes out of a text before it leaves the browser, by the same rules as `redact`, which the edge applies to
/// everything: a rule is bytes that every visitor loads, so here are those alone that find what is secret by its form or by its
/// name, e-mail addresses, cards, and what a URL has beside its path (docs/redaction.md has the table). Appends the whole text to `out`.
void redact_in_page(std::string_view text, schema::Profile profile, Buffer& out);

/// True for a name that says that its value is a secret.
bool is_secret_in_page(std::string_view name);

/// What a text under this name is, in an event as a page makes it: `stack`, `route`, ids; everything else is prose.
schema::Profile profile_in_page(std::string_view name);

}  // namespace mayday
