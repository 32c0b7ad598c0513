// TakenStatsdNames: the StatsD names of a snapshot, family by family, to find names that collide.
//
// When to use something else: statsd_names.h makes the names.
// Guarantees: CheckStatsdNames() finds two families, two series of a family, or two states of a
// state set, that become one name.
// Thread safety: TakenStatsdNames: one thread; CheckStatsdNames() is a pure function.
// Cost: a walk over the text. A set of hashes of the texts, for one family at a time, where one of
// its values has a byte that is replaced.
// Errors: AlreadyExists, naming the family.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "exporters/statsd/statsd_names.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

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
