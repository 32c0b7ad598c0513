// AppendStatsdName(), AppendStatsdLabel(), AppendStatsdLabels(): names and labels as StatsD lines
// have them.
//
// The plain dialect has no labels. They stand in the name, in their order, as `.LABEL.VALUE`:
// sent_total{topic="orders"} is sent_total.topic.orders. DogStatsD has them as tags.
// When to use something else: EscapedView for formats that have labels; taken_statsd_names.h finds
// names that become one.
// Guarantees:
// 1. In plain names, each byte outside [A-Za-z0-9_-] of a name or a value becomes `_`; dots stand
//    only between them. DogStatsD keeps dots of names; in tags, only : | @ # , and control
//    characters become `_`.
// 2. A label with an empty value is left out.
// Thread safety: pure functions.
// Cost: a walk over the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streamhouse::exporters {

enum class StatsdDialect : std::uint8_t { kPlain, kDogStatsd };

void AppendStatsdName(std::string_view name, StatsdDialect dialect, std::string& out);

// Appends one label: `.topic.orders`, or `topic:orders` behind a comma where `out` is not empty.
void AppendStatsdLabel(std::string_view name, std::string_view value, StatsdDialect dialect, std::string& out);

// The text of a label, as AppendStatsdLabel() writes it; and whether that is the text itself.
std::string StatsdLabelText(std::string_view text, StatsdDialect dialect);
bool IsStatsdLabelText(std::string_view text, StatsdDialect dialect);

// Appends the labels of a label text (FamilySnapshot::label_text()).
void AppendStatsdLabels(std::string_view label_text, StatsdDialect dialect, std::string& out);

}  // namespace streamhouse::exporters
