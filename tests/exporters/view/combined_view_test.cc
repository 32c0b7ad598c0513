#include "exporters/view/combined_view.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using metrics::StatusCode;

class CombinedViewTest : public testing::Test {
 protected:
  static void AddCounter(metrics::Registry& registry, const std::string& name, std::uint64_t value) {
    registry.AddCounter({.name = name, .help = "H"}).value().With().Increment(value);
  }
  std::string Page() {
    const metrics::Snapshot snapshot = view_.Take();
    TextEncoder encoder(snapshot.families());
    return ReadPage(encoder).value();
  }

  metrics::Registry host_;
  metrics::Registry plug_in_;
  // Of a third one, so that the pages show what is added alone.
  metrics::Registry own_;
  const CombinedView view_{host_, {&plug_in_}, "test", LeftOutMetrics::Register(own_).value()};
};

TEST_F(CombinedViewTest, ShowsTheFamiliesOfEachRegistryInTurn) {
  AddCounter(plug_in_, "b_total", 2);
  AddCounter(host_, "c_total", 3);
  EXPECT_TRUE(view_.Check().ok());
  EXPECT_EQ(Page(),
            "# HELP c_total H\n# TYPE c_total counter\nc_total 3\n"
            "# HELP b_total H\n# TYPE b_total counter\nb_total 2\n");
}

TEST_F(CombinedViewTest, RefusesANameOfTwoRegistriesAlsoWhereDefinitionsAreEqual) {
  AddCounter(host_, "a_total", 1);
  AddCounter(plug_in_, "a_total", 1);
  EXPECT_EQ(view_.Check(), metrics::Status(StatusCode::kAlreadyExists, "two registries have a family a_total"));
}

TEST_F(CombinedViewTest, RefusesANameThatOneFormatOnlyShares) {
  AddCounter(host_, "a_total", 1);  // in OpenMetrics, the family a
  ASSERT_TRUE(plug_in_.AddGauge({.name = "a", .help = "A"}).ok());
  EXPECT_EQ(view_.Check(), metrics::Status(StatusCode::kAlreadyExists, "two registries have a family a"));
}

TEST_F(CombinedViewTest, RefusesASecondTarget) {
  const metrics::RegistryOptions options = {.target = {{"service.name", "relay"}}};
  metrics::Registry first(options);
  metrics::Registry second(options);
  EXPECT_EQ(CombinedView(first, {&second}, "test", LeftOutMetrics()).Check(),
            metrics::Status(StatusCode::kAlreadyExists, "two registries have a family target_info"));
}

TEST_F(CombinedViewTest, LeavesOutAndCountsANameThatIsTakenLater) {
  ASSERT_TRUE(view_.Check().ok());
  AddCounter(host_, "a_total", 1);
  AddCounter(plug_in_, "a_total", 2);
  EXPECT_EQ(Page(), "# HELP a_total H\n# TYPE a_total counter\na_total 1\n");
  EXPECT_EQ(metrics::testing::MetricReader(own_).Value(
                "streamhouse_exporter_families_left_out_total",
                {{"exporter", "test"}, {"family", "a_total"}, {"reason", "name_is_taken"}}),
            1);
}

TEST_F(CombinedViewTest, KeepsWhatItShowsAfterTheRegistriesAreGone) {
  auto host = std::make_unique<metrics::Registry>();
  auto plug_in = std::make_unique<metrics::Registry>();
  AddCounter(*host, "a_total", 1);
  AddCounter(*plug_in, "b_total", 2);
  const metrics::Snapshot snapshot = CombinedView(*host, {plug_in.get()}, "test", LeftOutMetrics()).Take();
  host.reset();
  plug_in.reset();
  TextEncoder encoder(snapshot.families());
  EXPECT_NE(ReadPage(encoder).value().find("b_total 2"), std::string::npos);
}

}  // namespace
}  // namespace streamhouse::exporters
