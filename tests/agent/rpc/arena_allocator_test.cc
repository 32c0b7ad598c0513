#include "agent/rpc/arena_allocator.h"

#include <gtest/gtest.h>

#include "proto/streamhouse.pb.h"

namespace streamhouse::agent {
namespace {

TEST(ArenaAllocatorTest, PutsRequestAndResponseIntoOneArena) {
  ArenaAllocator<v1::ProduceRequest, v1::ProduceResponse> allocator;
  auto* const holder = allocator.AllocateMessages();
  EXPECT_NE(holder->request()->GetArena(), nullptr);
  EXPECT_EQ(holder->request()->GetArena(), holder->response()->GetArena());
  EXPECT_EQ(holder->request()->add_records()->GetArena(), holder->request()->GetArena());
  holder->Release();
}

TEST(ArenaAllocatorTest, KeepsCallsApart) {
  ArenaAllocator<v1::ProduceRequest, v1::ProduceResponse> allocator;
  auto* const first = allocator.AllocateMessages();
  auto* const second = allocator.AllocateMessages();
  EXPECT_NE(first->request()->GetArena(), second->request()->GetArena());
  first->Release();
  second->request()->set_topic("still here");
  EXPECT_EQ(second->request()->topic(), "still here");
  second->Release();
}

}  // namespace
}  // namespace streamhouse::agent
