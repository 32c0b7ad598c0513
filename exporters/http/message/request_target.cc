#include "exporters/http/message/request_target.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "exporters/encoding/ascii_case.h"
#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {
namespace {

// Empty when the target has nothing after the host.
std::string_view StripOrigin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    return target.substr(std::min(target.size(), target.find_first_of("/?", scheme.size())));
  }
  return target;
}

}  // namespace

std::optional<RequestTarget> ParseRequestTarget(std::string_view target) {
  const std::string_view local = StripOrigin(target);
  const bool is_absolute = local.size() != target.size();
  target = local;
  const std::size_t question = target.find('?');
  std::optional<std::string> path = metrics::PercentDecode(target.substr(0, question));
  // RFC 9110, 4.2.3: no path after a host is the path "/".
  if (path && path->empty() && is_absolute) path->push_back('/');
  if (!path || !path->starts_with('/')) return std::nullopt;
  return RequestTarget{.path = *std::move(path),
                       .query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1)};
}

}  // namespace streamhouse::exporters
