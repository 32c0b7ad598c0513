// DogStatsdFields: what lines of DogStatsD say beside name, value, type and labels.
//
// When to use something else: StatsdDialect::kPlain has no place for them.
// Guarantees:
// 1. A byte that would end a tag or a field becomes `_`.
// 2. What is not known is left out.
// Thread safety: a value; pure functions, but for the files that FindDogStatsdOrigin() reads.
// Cost: FindDogStatsdOrigin() reads files: at set-up.
//
//   sent_total:1|c|#topic:orders,dd.internal.entity_id:75a2b6d5|c:83c0a99c|e:it-false,cn-broker|T1700000060
//                                tags                           origin                          unix_seconds
#pragma once

#include <cstdint>
#include <string>

#include "exporters/statsd/container_id.h"

namespace streamhouse::exporters {

struct DogStatsdFields {
  std::string tags = {};          // without the comma before them
  std::string origin = {};        // with the bars before its fields
  std::int64_t unix_seconds = 0;  // of the values; 0: lines have no time
};

// What tells the Datadog Agent of which container or pod a line is.
struct DogStatsdOrigin {
  std::string entity_id = {};      // DD_ENTITY_ID: the UID of the pod
  std::string external_data = {};  // DD_EXTERNAL_ENV, which the Agent's Admission Controller sets
  ContainerFiles files = {};
};

DogStatsdFields FindDogStatsdOrigin(const DogStatsdOrigin& origin);

}  // namespace streamhouse::exporters
