#include "exporters/view/escaped_view.h"

#include <gtest/gtest.h>

#include <string>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::NameEscaping;
using metrics::Snapshot;

std::string PageOfView(metrics::Registry& registry, NameEscaping escaping) {
  const Snapshot snapshot = registry.TakeSnapshot();
  const Snapshot view = EscapedView(snapshot.families(), escaping);
  TextEncoder encoder(view.families());
  return ReadPage(encoder).value();
}

TEST(EscapedViewTest, EscapesWithUnderscores) {
  EXPECT_EQ(PageOfView(*Utf8Registry(), NameEscaping::kUnderscores), R"(# HELP plain P
# TYPE plain gauge
plain{a="b"} 1
# HELP http_requests_total R
# TYPE http_requests_total counter
http_requests_total{url_path="/\"x\"",code="200"} 2
# HELP tief___ T
# TYPE tief___ gauge
tief___ 3
# HELP wait_s W
# TYPE wait_s histogram
wait_s_bucket{le="1.0"} 0
wait_s_bucket{le="+Inf"} 1
wait_s_sum 2
wait_s_count 1
)");
}

TEST(EscapedViewTest, EscapesDotsAndValues) {
  const std::string dots = PageOfView(*Utf8Registry(), NameEscaping::kDots);
  EXPECT_NE(dots.find("\nhttp_dot_requests__total{url_dot_path=\"/\\\"x\\\"\",code=\"200\"} 2\n"), std::string::npos)
      << dots;
  EXPECT_NE(dots.find("\nwait_dot_s_count 1\n"), std::string::npos) << dots;
  const std::string values = PageOfView(*Utf8Registry(), NameEscaping::kValues);
  EXPECT_NE(values.find("\nU__http_2e_requests__total{U__url_2e_path=\"/\\\"x\\\"\",code=\"200\"} 2\n"),
            std::string::npos)
      << values;
  EXPECT_NE(values.find("\nU__tief_e4__22__5c_ 3\n"), std::string::npos) << values;
}

TEST(EscapedViewTest, LeavesLegacyFamiliesAlone) {
  metrics::Registry registry;
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  const std::string page = PageOf<TextEncoder>(registry);
  for (const NameEscaping escaping : {NameEscaping::kUnderscores, NameEscaping::kDots, NameEscaping::kValues}) {
    EXPECT_EQ(PageOfView(registry, escaping), page);
  }
  const Snapshot snapshot = registry.TakeSnapshot();
  const Snapshot view = EscapedView(snapshot.families(), NameEscaping::kUnderscores);
  EXPECT_EQ(&view.families()[0].info(), &snapshot.families()[0].info());
}

TEST(EscapedViewTest, EscapesNothingForReadersThatKnowUtf8) {
  EXPECT_EQ(PageOfView(*Utf8Registry(), NameEscaping::kNone), PageOf<TextEncoder>(*Utf8Registry()));
}

}  // namespace
}  // namespace streamhouse::exporters
