// A catalog at its limits: retention that changes, and the files that a process may have open.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "agent/log/partition_log.h"
#include "agent/testing/faulty_file_system.h"
#include "agent/topics/topic_catalog.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

// Calls `between` once, when the first old segment is about to be removed.
class WatchedRemoval final : public FaultyFileSystem {
 public:
  WatchedRemoval() : FaultyFileSystem(PosixFileSystem()) {}

  Status Admit(DiskOperation operation, const std::string& path) override {
    if (operation == DiskOperation::kOther && between != nullptr && path.ends_with("/" + first_segment_)) {
      std::exchange(between, nullptr)();
    }
    return Status::Ok();
  }

  std::function<void()> between;

 private:
  const std::string first_segment_ = "00000000000000000000.log";
};

// Lets the process have so many files open.
class FewFiles final : public FaultyFileSystem {
 public:
  explicit FewFiles(std::uint64_t files_max) : FaultyFileSystem(PosixFileSystem()), files_max_(files_max) {}
  std::uint64_t OpenFilesMax() override { return files_max_; }

 private:
  const std::uint64_t files_max_;
};

class TopicLimitsTest : public CatalogFixture {
 protected:
  // It refers to files of the tests.
  ~TopicLimitsTest() override { topics_.reset(); }

  std::uint64_t LogStart(std::uint32_t partition) { return (*topics_->Find("orders", partition))->LogStartOffset(); }
  Status Append(const std::string& topic) { return (*topics_->Find(topic, 0))->Append(BatchOf({"a"})).status(); }
};

// Goal: after a retention was raised, the old one removes no record. Method: it is raised while the
// first of two partitions is looked at.
TEST_F(TopicLimitsTest, ARetentionThatWasRaisedHoldsAlsoForALookUnderWay) {
  WatchedRemoval files;
  Reopen(files);
  const Retention short_one = {.age_max = std::chrono::milliseconds(1)};
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 2, .retention = short_one}).ok());
  for (std::uint32_t i = 0; i < 2; ++i) ASSERT_TRUE((*topics_->Find("orders", i))->Append(BatchOf({"a"})).ok());
  std::future<Status> raised;
  files.between = [&] {
    raised = std::async(std::launch::async, [this] { return topics_->SetRetention("orders", {}); });
    EXPECT_TRUE(Eventually([this] { return topics_->Describe("orders")->retention == Retention(); }));
    EXPECT_EQ(raised.wait_for(std::chrono::seconds(0)), std::future_status::timeout) << "the old limit still removes";
  };
  topics_->ApplyRetention(SteadyMilliseconds() + 1000);
  ASSERT_TRUE(raised.valid() && raised.get().ok());
  EXPECT_EQ(LogStart(0), 1U);
  EXPECT_EQ(LogStart(1), 0U);
}

TEST_F(TopicLimitsTest, KeepsFilesForOthersThanPartitions) {
  FewFiles files(8);
  Reopen(files);
  ASSERT_TRUE(topics_->Create({.name = "orders", .partitions = 4}).ok());
  const Status refused = topics_->Create({.name = "more", .partitions = 3});
  EXPECT_EQ(refused.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.message(),
            "each partition takes an open file, and 7 of them would take more than 75 % of the 8 files that the agent "
            "may have open: raise its limit (ulimit -n, LimitNOFILE=)");
  EXPECT_EQ(topics_->AddPartitions("orders", 7).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(topics_->AddPartitions("orders", 6).ok());
  EXPECT_EQ(topics_->Create({.name = "more", .partitions = 1}).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 6}).ok());
  ASSERT_TRUE(topics_->Delete("orders").ok());
  EXPECT_TRUE(topics_->Create({.name = "more", .partitions = 6}).ok());
  EXPECT_TRUE(Append("more").ok());
}

TEST_F(TopicLimitsTest, ServesFewerPartitionsWhereItMayOpenFewerFilesThanBefore) {
  ASSERT_TRUE(topics_->Create({.name = "a", .partitions = 3}).ok());
  ASSERT_TRUE(topics_->Create({.name = "b", .partitions = 1}).ok());
  FewFiles few(4);
  Reopen(few);
  ASSERT_TRUE(topics_->Load().ok());
  ASSERT_TRUE(leases_->RenewNow().ok());
  EXPECT_TRUE(Append("a").ok());
  EXPECT_EQ(topics_->Find("b", 0).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(topics_->LogHealth().message().find("b/0 is not served: each partition takes an open file"), 0U);
  ASSERT_TRUE(topics_->Delete("a").ok());
  EXPECT_TRUE(topics_->Create({.name = "b", .partitions = 1}).ok());
  EXPECT_TRUE(topics_->LogHealth().ok());
}

}  // namespace
}  // namespace streamhouse::agent
