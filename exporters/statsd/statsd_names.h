// StatsdNames: names and labels as StatsD lines have them.
//
// The plain dialect has no labels. They stand in the name, in their order, as `.LABEL.VALUE`:
// sent_total{topic="orders"} is sent_total.topic.orders. DogStatsD has them as tags.
// When to use something else: EscapedView for formats that have labels.
// Guarantees:
// 1. In plain names, each byte outside [A-Za-z0-9_-] of a name or a value becomes `_`; dots stand
//    only between them. DogStatsD keeps dots of names; in tags, only : | @ # , and control
//    characters become `_`.
// 2. A label with an empty value is left out.
// 3. CheckStatsdNames() finds two families, two series of a family, or two states of a state set,
//    that become one name.
// Thread safety: pure functions; TakenStatsdNames: one thread.
// Cost: a walk over the text. A set of hashes of the texts, for one family at a time, where one of
// its values has a byte that is replaced.
// Errors: AlreadyExists, naming the family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

enum class StatsdDialect : std::uint8_t { kPlain, kDogStatsd };

void AppendStatsdName(std::string_view name, StatsdDialect dialect, std::string& out);

// Appends one label: `.topic.orders`, or `topic:orders` behind a comma where `out` is not empty.
void AppendStatsdLabel(std::string_view name, std::string_view value, StatsdDialect dialect, std::string& out);

// Appends the labels of a label text (FamilySnapshot::label_text()).
void AppendStatsdLabels(std::string_view label_text, StatsdDialect dialect, std::string& out);

// The names of a snapshot, family by family.
class TakenStatsdNames {
 public:
  explicit TakenStatsdNames(StatsdDialect dialect) : dialect_(dialect) {}

  // Begins the family. Empty: its names are taken from now on. Else it is to be left out, and this
  // says why: an earlier family has one of its names, or two of its states have one.
  std::string_view TakeFamily(const metrics::FamilySnapshot& family);
  // Whether no earlier series of the family has these labels, which AppendStatsdLabels() gave.
  bool TakeSeries(std::string_view labels);

 private:
  const StatsdDialect dialect_;
  std::unordered_set<std::string> families_;
  std::unordered_set<std::uint64_t> series_;  // hashes, of the present family
  bool may_collide_ = false;                  // whether series of the present family may have one name
};

metrics::Status CheckStatsdNames(std::span<const metrics::FamilySnapshot> families, StatsdDialect dialect);

}  // namespace streamhouse::exporters
