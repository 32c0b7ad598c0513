// What a catalog does at its limits.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "agent/testing/faulty_file_system.h"
#include "agent/topic_catalog.h"
#include "tests/agent/support/batches.h"
#include "tests/agent/support/catalog_fixture.h"

namespace streamhouse::agent {
namespace {

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

  Status Append(const std::string& topic) { return (*topics_->Find(topic, 0))->Append(BatchOf({"a"})).status(); }
};

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

TEST_F(TopicLimitsTest, ServesWhatItCanWhereItMayOpenFewerFilesThanBefore) {
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
