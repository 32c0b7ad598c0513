#include "metrics_core/status.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

TEST(StatusTest, IsOkUnlessToldOtherwise) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status(), Status::Ok());
  EXPECT_EQ(Status().ToString(), "ok");
}

TEST(StatusTest, HasACodeAndAMessage) {
  const Status status(StatusCode::kNotFound, "no topic \"a\"");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(status.ToString(), "not_found: no topic \"a\"");
}

TEST(StatusTest, NamesTheSettingThatItIsAbout) {
  const Status status = InvalidField("sync_interval", "is not positive");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.field(), "sync_interval");
  EXPECT_EQ(status.message(), "sync_interval is not positive");
  EXPECT_EQ(status.ToString(), "invalid_argument: sync_interval is not positive");
}

TEST(StatusTest, IsAboutNoSettingUnlessToldOtherwise) {
  EXPECT_EQ(Status().field(), "");
  EXPECT_EQ(Status(StatusCode::kUnavailable, "gone").field(), "");
}

TEST(StatusTest, AnotherMessageLeavesCodeAndField) {
  const Status status = InvalidField("key", "is empty").WithMessage("cannot start: key is empty");
  EXPECT_EQ(status, Status(StatusCode::kInvalidArgument, "cannot start: key is empty").WithField("key"));
}

TEST(StatusTest, TheOwnerOfSettingsPutsItsPartBeforeTheField) {
  EXPECT_EQ(InvalidField("key", "is empty").Within("tls").Within("exporters[1]").field(), "exporters[1].tls.key");
  EXPECT_EQ(Status(StatusCode::kUnavailable, "gone").Within("tls").field(), "tls");
  EXPECT_EQ(InvalidField("key", "is empty").Within("tls").message(), "key is empty");
}

TEST(StatusTest, OkIsAboutNoSetting) {
  EXPECT_EQ(Status::Ok().Within("tls"), Status::Ok());
  EXPECT_EQ(Status::Ok().WithField("tls").WithMessage("well"), Status::Ok());
}

TEST(StatusTest, ErrorsAboutTwoSettingsDiffer) {
  EXPECT_NE(Status(StatusCode::kInvalidArgument, "bad").WithField("key"), Status(StatusCode::kInvalidArgument, "bad"));
}

TEST(StatusTest, EveryCodeHasANameOfItsOwn) {
  std::string names;
  for (int code = 0; code <= static_cast<int>(StatusCode::kInternal); ++code) {
    names += StatusCodeName(static_cast<StatusCode>(code));
    names += ' ';
  }
  EXPECT_EQ(names,
            "ok invalid_argument not_found already_exists failed_precondition out_of_range resource_exhausted "
            "deadline_exceeded unavailable aborted data_loss internal ");
}

TEST(StatusTest, ACodeThatDoesNotExistHasANameToo) {
  EXPECT_EQ(StatusCodeName(static_cast<StatusCode>(200)), "unknown");
}

TEST(ResultTest, HoldsAValue) {
  Result<std::string> result(std::string("value"));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result.status().ok());
  EXPECT_EQ(*result, "value");
  EXPECT_EQ(result->size(), 5U);
}

TEST(ResultTest, GivesItsValueAway) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

TEST(ResultTest, HoldsAnError) {
  const Result<int> result(Status(StatusCode::kAborted, "fenced"));
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.status().message(), "fenced");
}

TEST(ResultDeathTest, TheValueOfAnErrorEndsTheProgramWithTheError) {
  Result<int> result(Status(StatusCode::kAborted, "fenced by epoch 7"));
  EXPECT_DEATH(static_cast<void>(result.value()), "check failed: fenced by epoch 7");
  EXPECT_DEATH(static_cast<void>(*result), "fenced by epoch 7");
}

TEST(ResultDeathTest, AnErrorThatIsOkIsAProgrammersError) {
  EXPECT_DEATH(Result<int>{Status::Ok()}, "a Result without a value needs an error");
}

TEST(CheckDeathTest, EndsTheProgramWhereTheConditionIsFalse) {
  Check(true, "not said");
  EXPECT_DEATH(Check(false, "the reason"), "check failed: the reason");
}

}  // namespace
}  // namespace streamhouse::metrics
