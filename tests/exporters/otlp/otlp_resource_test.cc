#include "exporters/otlp/otlp_resource.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "metrics_core/version.h"

namespace streamhouse::exporters {
namespace {

using metrics::TargetAttributes;

TEST(OtlpResourceTest, HasTheRequiredAttributesByDefault) {
  const TargetAttributes resource = OtlpResource({});
  ASSERT_EQ(resource.size(), 4U);
  EXPECT_EQ(resource[0].first, "service.name");
  EXPECT_EQ(resource[0].second, "unknown_service:otlp_resource_test");
  EXPECT_EQ(resource[1], (TargetAttributes::value_type("telemetry.sdk.name", "streamhouse")));
  EXPECT_EQ(resource[2], (TargetAttributes::value_type("telemetry.sdk.language", "cpp")));
  EXPECT_EQ(resource[3], (TargetAttributes::value_type("telemetry.sdk.version", std::string(metrics::kVersion))));
}

TEST(OtlpResourceTest, PrefersTheProgramToTheOperatorAndTheOperatorToDefaults) {
  const TargetAttributes resource = OtlpResource({{"service.name", "relay"}, {"zone", "a"}},
                                                 {{"zone", "b"}, {"telemetry.sdk.language", "c"}, {"x", ""}});
  const TargetAttributes expected = {{"service.name", "relay"},
                                     {"zone", "a"},
                                     {"telemetry.sdk.language", "c"},
                                     {"x", ""},
                                     {"telemetry.sdk.name", "streamhouse"},
                                     {"telemetry.sdk.version", std::string(metrics::kVersion)}};
  EXPECT_EQ(resource, expected);
}

TEST(OtlpResourceTest, HasNoKeyTwiceNoEmptyKeyAndNoInvalidText) {
  const TargetAttributes resource = OtlpResource({{"a\xFF", "\xFE"}, {"a\xFF", "second"}, {"", "no key"}});
  ASSERT_EQ(resource.size(), 5U);
  EXPECT_EQ(resource[0], (TargetAttributes::value_type("a\xEF\xBF\xBD", "\xEF\xBF\xBD")));
}

}  // namespace
}  // namespace streamhouse::exporters
