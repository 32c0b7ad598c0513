#include "exporters/http/limits.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

TEST(LimitsTest, AreGoodUnlessChanged) {
  EXPECT_TRUE(Limits().Validate().ok());
}

TEST(LimitsTest, RefuseZeroByTheName) {
  constexpr std::chrono::milliseconds kNone(0);
  const std::pair<Limits, std::string> all[] = {
      {{.head_bytes = 0}, "head_bytes"},
      {{.target_bytes = 0}, "target_bytes"},
      {{.head_time = kNone}, "head_time"},
      {{.idle_time = kNone}, "idle_time"},
      {{.write_time = kNone}, "write_time"},
      {{.page_time = kNone}, "page_time"},
      {{.selection_time = kNone}, "selection_time"},
      {{.scrapes = 0}, "scrapes"},
      {{.connections = 0}, "connections"},
  };
  for (const auto& [limits, name] : all) {
    EXPECT_EQ(limits.Validate().code(), metrics::StatusCode::kInvalidArgument);
    EXPECT_EQ(limits.Validate(), metrics::InvalidField(name, "must be more than 0"));
  }
}

}  // namespace
}  // namespace streamhouse::exporters
