#include "agent/agent_config.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace streamhouse::agent {
namespace {

TEST(AgentConfigTest, NeedsOnlyAFolder) {
  const AgentConfig config = {.data_folder = "/somewhere"};
  EXPECT_TRUE(config.Validate().ok());
}

TEST(AgentConfigTest, ListensOnLoopbackUnlessTold) {
  EXPECT_EQ(AgentConfig().grpc_host, "127.0.0.1");
}

TEST(AgentConfigTest, NeedsNoHostBesideAUnixSocket) {
  const AgentConfig config = {
      .data_folder = "/somewhere", .grpc_host = "", .grpc_unix_socket = metrics::UnixSocket{.path = "/run/a.sock"}};
  EXPECT_TRUE(config.Validate().ok());
  EXPECT_EQ(metrics::ToString(config.grpc_address()), "unix:///run/a.sock");
}

constexpr std::chrono::hours kYear{365 * 24};

TEST(AgentConfigTest, TakesIntervalsOfAYear) {
  const AgentConfig config = {.data_folder = "/somewhere", .sync_interval = kYear, .retention_interval = kYear};
  EXPECT_TRUE(config.Validate().ok());
}

TEST(AgentConfigTest, TakesNoRefreshOfTheLag) {
  const AgentConfig config = {.data_folder = "/somewhere", .lag_interval = std::chrono::milliseconds(0)};
  EXPECT_TRUE(config.Validate().ok());
}

struct Spoiled {
  std::string field;
  std::function<void(AgentConfig&)> spoil;
};

class AgentConfigRefusalTest : public testing::TestWithParam<Spoiled> {};

TEST_P(AgentConfigRefusalTest, NamesTheField) {
  AgentConfig config = {.data_folder = "/somewhere"};
  GetParam().spoil(config);
  const Status status = config.Validate();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.field(), GetParam().field) << status.message();
}

INSTANTIATE_TEST_SUITE_P(
    EachField, AgentConfigRefusalTest,
    testing::Values(Spoiled{"data_folder", [](AgentConfig& c) { c.data_folder = ""; }},
                    Spoiled{"agent_id", [](AgentConfig& c) { c.agent_id = ""; }},
                    Spoiled{"agent_id", [](AgentConfig& c) { c.agent_id = "../a"; }},
                    Spoiled{"agent_id", [](AgentConfig& c) { c.agent_id = "a b"; }},
                    Spoiled{"agent_id", [](AgentConfig& c) { c.agent_id = std::string(65, 'a'); }},
                    Spoiled{"metadata", [](AgentConfig& c) { c.metadata = "nosuch://host/db"; }},
                    Spoiled{"grpc_host", [](AgentConfig& c) { c.grpc_host = ""; }},
                    Spoiled{"grpc_unix_socket.path", [](AgentConfig& c) { c.grpc_unix_socket = {.path = "s"}; }},
                    Spoiled{"tls", [](AgentConfig& c) { c.tls.client_ca = "ca.pem"; }},
                    Spoiled{"segment_bytes", [](AgentConfig& c) { c.segment_bytes = 0; }},
                    Spoiled{"sync_interval", [](AgentConfig& c) { c.sync_interval = c.sync_interval.zero(); }},
                    Spoiled{"sync_interval", [](AgentConfig& c) { c.sync_interval = kYear + c.sync_interval; }},
                    Spoiled{"retention_interval",
                            [](AgentConfig& c) { c.retention_interval = c.retention_interval.max(); }},
                    Spoiled{"retention_interval", [](AgentConfig& c) { c.retention_interval = -c.retention_interval; }},
                    Spoiled{"lag_interval", [](AgentConfig& c) { c.lag_interval = -c.lag_interval; }},
                    Spoiled{"lag_interval", [](AgentConfig& c) { c.lag_interval = kYear + c.lag_interval; }},
                    Spoiled{"record_bytes_max", [](AgentConfig& c) { c.record_bytes_max = 0; }},
                    Spoiled{"request_bytes_max", [](AgentConfig& c) { c.request_bytes_max = 3U << 30; }},
                    Spoiled{"request_bytes_max", [](AgentConfig& c) { c.request_bytes_max = c.record_bytes_max; }},
                    Spoiled{"topics[1].name",
                            [](AgentConfig& c) {
                              c.topics = {{.name = "a"}, {.name = "a/b"}};
                            }},
                    Spoiled{"lease", [](AgentConfig& c) { c.lease.renew_interval = c.lease.duration; }}));

}  // namespace
}  // namespace streamhouse::agent
