#include "exporters/http/shared_collection.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;

class SharedCollectionTest : public testing::Test {
 protected:
  std::uint64_t Sent(const metrics::Snapshot& snapshot) {
    return snapshot.families()[0].As<metrics::CounterValues<std::uint64_t>>()[0];
  }

  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
  SharedCollection collection_{registry_};
  const std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
};

TEST_F(SharedCollectionTest, GivesReadersOfTheSameTimeTheSameSnapshot) {
  const auto first = collection_.Take(now_);
  EXPECT_EQ(collection_.Take(now_ + kSharedFor - milliseconds(1)), first);
  EXPECT_EQ(collection_.Take(now_ - milliseconds(1)), first) << "who had to wait";
}

TEST_F(SharedCollectionTest, DoesNotShareAnOldCollection) {
  const auto first = collection_.Take(now_);
  sent_.Increment();
  const auto second = collection_.Take(now_ + kSharedFor);
  EXPECT_EQ(Sent(*first), 0U);
  EXPECT_EQ(Sent(*second), 1U);
}

TEST_F(SharedCollectionTest, GivesNewValuesToAReaderThatComesAgain) {
  collection_.Take(now_);
  sent_.Increment();
  EXPECT_EQ(Sent(*collection_.Take(now_)), 1U);
}

TEST_F(SharedCollectionTest, ServesManyThreads) {
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([this] {
      for (int n = 0; n < 100; ++n) EXPECT_EQ(Sent(*collection_.Take()), 0U);
    });
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace streamhouse::exporters
