#include "agent/metadata/in_memory_metadata_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace streamhouse::agent {
namespace {

TEST(InMemoryMetadataStoreTest, DrawsIdsThatDifferFromThoseOfAnotherStore) {
  InMemoryMetadataStore first;
  InMemoryMetadataStore second;
  EXPECT_NE(first.CreateTopic({.name = "a", .partitions = 1})->id,
            second.CreateTopic({.name = "a", .partitions = 1})->id);
}

TEST(InMemoryMetadataStoreTest, RemembersNoLeaseWhoseEpochWasRaisedToZero) {
  InMemoryMetadataStore store;
  ASSERT_TRUE(store.RaiseEpoch({.topic = "a"}, 0).ok());
  EXPECT_EQ(store.FindLease({.topic = "a"}).value(), std::nullopt);
}

TEST(InMemoryMetadataStoreTest, GivesALeaseToOneOfManyThreads) {
  InMemoryMetadataStore store;
  std::vector<std::string> holders(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& holder : holders) {
      threads.emplace_back([&store, &holder, name = std::to_string(threads.size())] {
        const std::vector<LeaseClaim> claims = {{.partition = {.topic = "a"}}};
        holder = store.OpenAgain()->AcquireLeases(claims, name, std::chrono::seconds(1))->at(0).holder;
      });
    }
  }
  EXPECT_EQ(holders, std::vector<std::string>(4, holders.front()));
}

}  // namespace
}  // namespace streamhouse::agent
