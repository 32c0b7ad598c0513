// Pages of text as Prometheus' own checker reads them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

class PromtoolTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* const path = std::getenv("STREAMHOUSE_PROMTOOL");
    ASSERT_NE(path, nullptr) << "tools/test says where promtool is";
    promtool_ = path;
  }
  CommandResult Check(const std::string& page) { return RunCommand(promtool_ + " check metrics", page); }

  std::string promtool_;
};

TEST_F(PromtoolTest, HasNothingToSayAboutHostilePages) {
  metrics::Registry registry;
  AddHostileLabels(registry);
  AddHistograms(registry);
  AddNegativeHistogram(registry);
  const CommandResult result = Check(PageOf<TextEncoder>(registry));
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(PromtoolTest, ReadsInfosStateSetsAndSummaries) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  TextEncoder encoder(snapshot.families());
  const CommandResult result = Check(ReadPage(encoder).value());
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(PromtoolTest, NoticesPagesThatAreCutOff) {
  metrics::Registry registry;
  AddHistograms(registry);
  const std::string page = PageOf<TextEncoder>(registry);
  EXPECT_NE(Check(page.substr(0, page.size() - 1)).exit_code, 0);
}

}  // namespace
}  // namespace streamhouse::exporters
