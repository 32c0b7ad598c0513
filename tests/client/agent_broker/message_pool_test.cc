#include "client/agent_broker/message_pool.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

// What a pool needs of a message.
struct Message {
  void Clear() { value = 0; }
  int value = 0;
};

TEST(MessagePoolTest, UsesAMessageAgainAndClearsIt) {
  MessagePool<Message> pool;
  const Message* first = nullptr;
  {
    const auto message = pool.Take();
    message->value = 7;
    first = &*message;
  }
  const auto again = pool.Take();
  EXPECT_EQ(&*again, first);
  EXPECT_EQ(again->value, 0);
}

TEST(MessagePoolTest, GivesEachTakerItsOwn) {
  MessagePool<Message> pool;
  const auto one = pool.Take();
  const auto other = pool.Take();
  EXPECT_NE(&*one, &*other);
}

}  // namespace
}  // namespace streamhouse::client
