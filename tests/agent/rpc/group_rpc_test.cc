#include "agent/rpc/group_rpc.h"

#include <gtest/gtest.h>

#include "tests/agent/support/running_agent.h"

namespace streamhouse::agent {
namespace {

class GroupRpcTest : public testing::Test {
 protected:
  grpc::StatusCode Seek(const v1::SeekGroupRequest& request) {
    grpc::ClientContext context;
    v1::SeekGroupResponse response;
    return agent_.groups().SeekGroup(&context, request, &response).error_code();
  }

  RunningAgent agent_;
};

TEST_F(GroupRpcTest, RefusesASeekToNowhereAndAnUnknownGroup) {
  v1::SeekGroupRequest request;
  request.set_group("g");
  EXPECT_EQ(Seek(request), grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_to()->set_earliest(true);
  EXPECT_EQ(Seek(request), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GroupRpcTest, CountsItsRequests) {
  grpc::ClientContext context;
  v1::ListGroupsResponse response;
  ASSERT_TRUE(agent_.groups().ListGroups(&context, {}, &response).ok());
  EXPECT_EQ(agent_.Value("grpc_requests_total", {{"method", "ListGroups"}, {"code", "OK"}}), 1);
}

}  // namespace
}  // namespace streamhouse::agent
