#include "exporters/encoding/sample_name.h"

#include "metrics_core/naming/name_escaping.h"

namespace streamhouse::exporters {

SampleName::SampleName(std::string_view name) {
  bare = metrics::QuotedMetricName(name);
  labelled = bare == name ? bare + "{" : "{" + bare + ",";
  if (bare != name) bare = "{" + bare + "}";
}

}  // namespace streamhouse::exporters
