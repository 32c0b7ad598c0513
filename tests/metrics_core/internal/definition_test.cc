#include "metrics_core/internal/definition.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "metrics_core/reading/family_info.h"

namespace streamhouse::metrics::internal {
namespace {

FamilyInfo Info(std::string help) {
  FamilyInfo info;
  info.name = "a_seconds";
  info.help = std::move(help);
  info.unit = "seconds";
  info.label_names = {"x", "y"};
  return info;
}

TEST(DefinitionTest, SaysEverythingInWords) {
  FamilyInfo info = Info("Help");
  info.kind = MetricKind::kHistogram;
  info.bounds = {1e-10, 0.5};
  Definition definition("histogram", info);
  definition.Add("series_max", 5, 10);
  definition.Add("left_out", 1, 1);
  definition.Add("shared storage");
  EXPECT_EQ(definition.text(),
            "histogram \"a_seconds\", help \"Help\", unit \"seconds\", labels {\"x\", \"y\"}, bounds {1e-10, 0.5}, "
            "series_max 5, "
            "shared storage");
}

TEST(DefinitionTest, DiffersWhereAnythingDoes) {
  EXPECT_EQ(Definition("counter", Info("a")).text(), Definition("counter", Info("a")).text());
  EXPECT_NE(Definition("counter", Info("a")).text(), Definition("gauge", Info("a")).text());
  EXPECT_NE(Definition("counter", Info("a")).text(), Definition("counter", Info("b")).text());
}

TEST(DefinitionTest, DiffersWhereQuotesAndCommasStandInNames) {
  FamilyInfo one = Info("a");
  FamilyInfo two = one;
  one.label_names = {"a\", \"b"};
  two.label_names = {"a", "b"};
  EXPECT_NE(Definition("counter", one).text(), Definition("counter", two).text());
}

}  // namespace
}  // namespace streamhouse::metrics::internal
