#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/select/label_matcher.h"
#include "exporters/select/selected_view.h"
#include "exporters/select/selection.h"
#include "exporters/select/selector_parser.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;
using metrics::Result;

Result<Selector> Parse(std::string_view text) {
  SelectorBudget budget = {.matchers = kMatchersMax, .expressions = kExpressionsMax};
  return ParseSelector(text, budget);
}

std::string Quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    quoted.append("\\x").append(1, kDigits[byte / 16]).append(1, kDigits[byte % 16]);
  }
  return quoted + "\"";
}

// Another text that means the same.
std::string Respelled(const Selector& selector) {
  constexpr std::string_view kOperators[] = {"=", "!=", "=~", "!~"};
  std::string text = "{";
  for (const LabelMatcher& matcher : selector) {
    text += Quoted(matcher.label()) + std::string(kOperators[static_cast<int>(matcher.op())]) + Quoted(matcher.value());
    text += ", ";
  }
  return text + "}";
}

void CheckRespelling(const Selector& selector) {
  const Result<Selector> again = Parse(Respelled(selector));
  Check(again.ok(), "a respelled selector is refused");
  const auto is_same = [](const LabelMatcher& a, const LabelMatcher& b) {
    return a.label() == b.label() && a.op() == b.op() && a.value() == b.value();
  };
  Check(std::equal(selector.begin(), selector.end(), again->begin(), again->end(), is_same),
        "a respelled selector means something else");
}

// A place in the text, and a reason that holds nothing of it.
void CheckRefusal(std::string_view text, std::string_view message) {
  constexpr std::string_view kBegin = "at character ";
  Check(message.starts_with(kBegin), "a refusal that does not say where");
  std::size_t place = 0;
  std::from_chars(message.data() + kBegin.size(), message.data() + message.size(), place);
  Check(place >= 1 && place <= text.size() + 1, "a refusal at no place of the selector");
  Check(message.size() < 100, "a refusal that is too long");
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  Check(std::all_of(message.begin(), message.end(), is_printable), "a refusal of more than plain text");
}

metrics::Registry& SmallRegistry() {
  static auto* const kRegistry = [] {
    auto* const registry = new metrics::Registry;
    const auto sent =
        registry->AddCounter({.name = "sent_total", .help = "S", .labels = {"topic", "partition"}}).value();
    for (const char* topic : {"", "a", "orders", "a\"b\\\n"}) sent.With(topic, "1");
    registry->AddHistogram({.name = "x", .help = "X", .labels = {"topic"}}, metrics::BucketBounds::From({1}).value())
        .value()
        .With("a");
    registry->AddStateSet({.name = "a", .help = "A"}, {"on", "off"}).value().With();
    return registry;
  }();
  return *kRegistry;
}

std::size_t SeriesOf(const metrics::Snapshot& snapshot) {
  std::size_t series = 0;
  for (const metrics::FamilySnapshot& family : snapshot.families()) series += family.size();
  return series;
}

}  // namespace

void FuzzSelector(std::string_view text) {
  const Result<Selector> parsed = Parse(text);
  if (!parsed.ok()) return CheckRefusal(text, parsed.status().message());
  CheckRespelling(*parsed);
  const Result<Selection> selection = Selection::Parse({}, {std::string(text)});
  if (!selection.ok()) return Check(text.size() > kSelectorBytesMax, "a selector that is refused in a query");
  static const auto* const kSnapshot = new metrics::Snapshot(SmallRegistry().TakeSnapshot());
  const auto selected = SelectedView(kSnapshot->families(), *selection, metrics::NameEscaping::kUnderscores,
                                     std::chrono::steady_clock::time_point::max());
  Check(selected && SeriesOf(*selected) <= SeriesOf(*kSnapshot), "more series than there are");
}

}  // namespace streamhouse::exporters
