#include "client/delivery.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

TEST(DeliveryTest, ACallbackTellsAPlaceFromAnError) {
  Offset told = 0;
  StatusCode code = StatusCode::kOk;
  const DeliveryCallback callback = [&](const Result<Delivery>& result) {
    if (result.ok()) told = result.value().offset;
    code = result.status().code();
  };
  callback(Delivery{{"orders", 1}, 42});
  EXPECT_EQ(told, 42U);
  callback(Status(StatusCode::kUnavailable, "gone"));
  EXPECT_EQ(code, StatusCode::kUnavailable);
}

}  // namespace
}  // namespace streamhouse::client
