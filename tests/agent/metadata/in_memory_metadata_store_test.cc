#include "agent/metadata/in_memory_metadata_store.h"

#include <gtest/gtest.h>

#include <memory>

namespace streamhouse::agent {
namespace {

TEST(InMemoryMetadataStoreTest, KeepsItsDataForAsLongAsAStoreOfItLives) {
  auto first = std::make_unique<InMemoryMetadataStore>();
  ASSERT_TRUE(first->CreateTopic({.name = "a", .partitions = 1}).ok());
  const auto second = first->OpenAgain();
  first.reset();
  EXPECT_EQ(second->ListTopics()->size(), 1U);
  EXPECT_TRUE(InMemoryMetadataStore().ListTopics()->empty());
}

}  // namespace
}  // namespace streamhouse::agent
