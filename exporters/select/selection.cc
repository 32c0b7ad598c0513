#include "exporters/select/selection.h"

#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Refused(std::size_t place, const std::string& why) {
  return {StatusCode::kInvalidArgument, "match[] number " + std::to_string(place) + ": " + why};
}

}  // namespace

NamePattern::NamePattern(std::string_view text) : text_(text), is_prefix_(text.ends_with('*')) {
  if (is_prefix_) text_.pop_back();
}

Result<Selection> Selection::Parse(const std::vector<std::string>& names, const std::vector<std::string>& selectors) {
  if (selectors.size() > kSelectorsMax) {
    return Status(StatusCode::kInvalidArgument, "there are more than " + std::to_string(kSelectorsMax) + " match[]");
  }
  Selection selection;
  for (const std::string& name : names) selection.names_.emplace_back(name);
  SelectorBudget budget = {.matchers = kMatchersMax, .expressions = kExpressionsMax};
  for (const std::string& text : selectors) {
    const std::size_t place = selection.selectors_.size() + 1;
    if (text.size() > kSelectorBytesMax) {
      return Refused(place, "it has more than " + std::to_string(kSelectorBytesMax) + " bytes");
    }
    Result<Selector> parsed = ParseSelector(text, budget);
    if (!parsed.ok()) return Refused(place, parsed.status().message());
    selection.selectors_.push_back(*std::move(parsed));
  }
  return selection;
}

}  // namespace streamhouse::exporters
