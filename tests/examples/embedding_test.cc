// The code of docs/embedding.md runs, and records what its text says.
#include "tests/examples/embedding_blocks.h"

#include <gtest/gtest.h>

#include <memory>

#include "metrics_core/c_api.h"
#include "metrics_core/c_api/bridge.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

using testing::MetricReader;

TEST(EmbeddingTest, TheBlocksInCppRun) {
  ASSERT_FALSE(blocks_in_cpp.empty());
  for (const auto& block : blocks_in_cpp) {
    Registry registry;
    block(registry);
  }
}

TEST(EmbeddingTest, TheFirstBlockInCppRecordsTwoTopics) {
  Registry registry;
  blocks_in_cpp.front()(registry);
  EXPECT_EQ(MetricReader(registry).Value("sent_total", {{"topic", "orders"}}), 1);
  EXPECT_EQ(MetricReader(registry).Value("sent_total", {{"topic", "returns"}}), 3);
}

TEST(EmbeddingTest, TheFirstBlockInCRecordsTwoTopics) {
  const std::unique_ptr<streamhouse_registry, void (*)(streamhouse_registry*)> registry(streamhouse_registry_new(),
                                                                                        streamhouse_registry_free);
  blocks_in_c[0](registry.get());
  EXPECT_EQ(MetricReader(RegistryOf(*registry)).Value("sent_total", {{"topic", "orders"}}), 1);
  EXPECT_EQ(MetricReader(RegistryOf(*registry)).Value("sent_total", {{"topic", "returns"}}), 3);
}

TEST(EmbeddingTest, TheBlocksInCRun) {
  for (const auto* block = &blocks_in_c[0]; *block != nullptr; ++block) {
    streamhouse_registry* const registry = streamhouse_registry_new();
    (*block)(registry);
    streamhouse_registry_free(registry);
  }
}

}  // namespace
}  // namespace streamhouse::metrics
