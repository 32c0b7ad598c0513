#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/ascii_case.h"
#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/weighted_list.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

bool IsWithin(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void CheckList(std::string_view header) {
  double previous = 1;
  for (const WeightedElement& element : ParseWeightedList(header)) {
    Check(!element.name.empty() && IsWithin(element.name, header), "a name from elsewhere");
    Check(element.weight >= 0 && element.weight <= previous, "a weight out of order");
    previous = element.weight;
    for (const auto& [name, value] : element.parameters) {
      Check(IsWithin(name, header) && IsWithin(value, header), "a parameter from elsewhere");
      Check(!name.empty() && !EqualsIgnoringCase(name, "q"), "a parameter that is none");
    }
  }
}

bool Wants(std::string_view header, std::string_view name) {
  const std::vector<WeightedElement> elements = ParseWeightedList(header);
  return std::any_of(elements.begin(), elements.end(), [&](const WeightedElement& element) {
    return element.weight > 0 && EqualsIgnoringCase(element.name, name);
  });
}

bool Names(std::string_view header, std::string_view name) {
  const std::vector<WeightedElement> elements = ParseWeightedList(header);
  return std::any_of(elements.begin(), elements.end(),
                     [&](const WeightedElement& element) { return EqualsIgnoringCase(element.name, name); });
}

void CheckFormat(std::string_view accept) {
  const NegotiatedFormat chosen = NegotiateFormat(accept);
  const std::string_view type = chosen.content_type.substr(0, chosen.content_type.find(';'));
  // Text needs no wish; every other format does.
  Check(type == "text/plain" || Wants(accept, type), "a format that no client asked for");
  const std::string with_unknown = "application/x-unknown," + std::string(accept);
  Check(NegotiateFormat(with_unknown).content_type == chosen.content_type, "an unknown type changes the choice");
}

void CheckCoding(std::string_view accept_encoding) {
  const ContentCoding chosen = NegotiateCoding(accept_encoding);
  // "*" asks for gzip, unless that is named.
  const bool by_star = chosen == ContentCoding::kGzip && Wants(accept_encoding, "*") && !Names(accept_encoding, "gzip");
  Check(chosen == ContentCoding::kIdentity || by_star || Wants(accept_encoding, ContentCodingName(chosen)),
        "a coding that no client asked for");
}

}  // namespace

void FuzzAccept(std::string_view headers) {
  const std::size_t end = std::min(headers.find('\n'), headers.size());
  const std::string_view accept = headers.substr(0, end);
  const std::string_view accept_encoding = headers.substr(std::min(end + 1, headers.size()));
  CheckList(accept);
  CheckList(accept_encoding);
  CheckFormat(accept);
  CheckCoding(accept_encoding);
}

}  // namespace streamhouse::exporters
