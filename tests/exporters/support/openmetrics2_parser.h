// ParseOpenMetrics2: reads a page of OpenMetrics 2.0 by the grammar of the specification, and
// refuses what the grammar lacks; another reading than the encoder's own.
//
// When to use something else: CheckOpenMetrics2 (openmetrics2_rules.h) for the rules that no
// grammar says.
// Guarantees: all of the page is read, or the error names the line and what is wrong with it.
// Lines in a row with one name are a family. Numbers keep their text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct OpenMetrics2Number {
  std::string text;
  double value = 0;
};

// By their names; values as they are meant.
using OpenMetrics2Labels = std::map<std::string, std::string>;

struct OpenMetrics2Exemplar {
  OpenMetrics2Labels labels;
  OpenMetrics2Number value;
  double seconds = 0;
};

struct OpenMetrics2Span {
  std::int64_t offset = 0;
  std::uint64_t length = 0;
};

// One side of a native histogram.
struct OpenMetrics2Side {
  std::vector<OpenMetrics2Span> spans;
  std::vector<OpenMetrics2Number> counts;
};

struct OpenMetrics2Native {
  std::int64_t schema = 0;
  OpenMetrics2Number zero_threshold;
  OpenMetrics2Number zero_count;
  std::optional<OpenMetrics2Side> negative;
  std::optional<OpenMetrics2Side> positive;
};

// A bound or a quantile, and what belongs to it.
using OpenMetrics2Entries = std::vector<std::pair<OpenMetrics2Number, OpenMetrics2Number>>;

// {count:…}; of a gauge histogram {gcount:…}.
struct OpenMetrics2Composite {
  bool is_of_gauges = false;
  OpenMetrics2Number count;
  OpenMetrics2Number sum;
  std::optional<OpenMetrics2Native> native;
  std::optional<OpenMetrics2Entries> buckets;
  std::optional<OpenMetrics2Entries> quantiles;
};

struct OpenMetrics2Sample {
  OpenMetrics2Labels labels;
  OpenMetrics2Number number;  // where there is no composite
  std::optional<OpenMetrics2Composite> composite;
  std::optional<double> seconds;
  std::optional<double> start_seconds;
  std::vector<OpenMetrics2Exemplar> exemplars;
};

struct OpenMetrics2Family {
  std::string name;
  std::optional<std::string> type;
  std::optional<std::string> unit;
  std::optional<std::string> help;
  std::string metadata;  // the initials of its lines, in their order: TUH
  std::vector<OpenMetrics2Sample> samples;
};

using OpenMetrics2Page = std::vector<OpenMetrics2Family>;

metrics::Result<OpenMetrics2Page> ParseOpenMetrics2(std::string_view page);

}  // namespace streamhouse::exporters
