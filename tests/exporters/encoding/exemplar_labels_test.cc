#include "exporters/encoding/exemplar_labels.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::exporters {

namespace {

TEST(ExemplarLabelsTest, AreTraceAndSpanInFull) {
  const metrics::Exemplar exemplar = {.trace = {0, 1, 2}, .value = 0, .unix_milliseconds = 0};
  std::string labels;
  for (const ExemplarLabel& label : ExemplarLabels(exemplar))
    labels.append(label.name).append("=").append(label.value) += ' ';
  EXPECT_EQ(labels, "trace_id=00000000000000000000000000000001 span_id=0000000000000002 ");
}

}  // namespace
}  // namespace streamhouse::exporters
