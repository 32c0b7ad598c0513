#include "client/compression.h"

#include <string>

#include "tests/client/producer_fixture.h"

namespace streamhouse::client {
namespace {

class CompressionTest : public ProducerFixture, public testing::WithParamInterface<Compression> {};

TEST_P(CompressionTest, IsThatOfTheProducersOptions) {
  options_.compression = GetParam();
  Start();
  Send("a");
  Send("b");
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(broker_->last_compression(), GetParam());
  EXPECT_EQ(Written(0), (std::vector<std::string>{"a", "b"}));
}

INSTANTIATE_TEST_SUITE_P(Each, CompressionTest,
                         testing::Values(Compression::kNone, Compression::kLz4, Compression::kZstd));

}  // namespace
}  // namespace streamhouse::client
