#include "integrations/mosquitto/take.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

struct Constant {
  const int number;
};

TEST(TakeTest, AValueIsMovedIntoTheVariable) {
  std::unique_ptr<int> to;
  EXPECT_TRUE(Take(Result<std::unique_ptr<int>>(std::make_unique<int>(7)), to).ok());
  EXPECT_EQ(*to, 7);
}

TEST(TakeTest, AValueThatCannotBeAssignedGoesIntoAnOptional) {
  std::optional<Constant> to;
  EXPECT_TRUE(Take(Result<Constant>(Constant{.number = 7}), to).ok());
  EXPECT_EQ(to->number, 7);
}

TEST(TakeTest, AnErrorLeavesTheVariableAsItIs) {
  int to = 7;
  std::optional<int> none;
  const Status refused(StatusCode::kUnavailable, "away");
  EXPECT_EQ(Take(Result<int>(refused), to).message(), "away");
  EXPECT_EQ(Take(Result<int>(refused), none).message(), "away");
  EXPECT_EQ(to, 7);
  EXPECT_EQ(none, std::nullopt);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
