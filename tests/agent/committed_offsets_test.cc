#include "agent/committed_offsets.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

class CommittedOffsetsTest : public CatalogFixture {
 protected:
  CommittedOffsetsTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
    EXPECT_TRUE((*topics_->Find("orders", 0))->Append(BatchOf({"a", "b"})).ok());
  }

  const TopicPartition orders_ = {.topic = "orders", .partition = 0};
  CommittedOffsets offsets_{*store_, *topics_};
};

TEST_F(CommittedOffsetsTest, KeepsWhatIsCommitted) {
  EXPECT_EQ(offsets_.Find("g", orders_).value(), std::nullopt);
  ASSERT_TRUE(offsets_.Commit("g", orders_, 2).ok());
  EXPECT_EQ(offsets_.Find("g", orders_).value(), 2U);
  ASSERT_TRUE(offsets_.Commit("g", orders_, 0).ok());
  EXPECT_EQ(offsets_.Find("g", orders_).value(), 0U);
}

TEST_F(CommittedOffsetsTest, RefusesAnOffsetBeyondTheLog) {
  const Status status = offsets_.Commit("g", orders_, 3);
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "offset 3 of orders/0 is beyond the high watermark 2");
  EXPECT_EQ(offsets_.Find("g", orders_).value(), std::nullopt);
}

TEST_F(CommittedOffsetsTest, RefusesBadGroups) {
  for (const std::string& group : {std::string(), std::string(kGroupNameBytesMax + 1, 'g')}) {
    EXPECT_EQ(offsets_.Commit(group, orders_, 0).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(offsets_.Find(group, orders_).status().code(), StatusCode::kInvalidArgument);
  }
}

TEST_F(CommittedOffsetsTest, RefusesUnknownPartitions) {
  EXPECT_EQ(offsets_.Commit("g", {.topic = "orders", .partition = 1}, 0).code(), StatusCode::kNotFound);
  EXPECT_EQ(offsets_.Find("g", {.topic = "none", .partition = 0}).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace streamhouse::agent
