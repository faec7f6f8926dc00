#pragma once

#include <string_view>

namespace mayday {

/// What a body's outermost object is, told by the first of its names that says so; unknown names are passed over.
enum class Shape { event, envelope, otlp };

Shape shape_of(std::string_view body);

}  // namespace mayday
