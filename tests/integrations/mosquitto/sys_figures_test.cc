#include "integrations/mosquitto/sys_figures.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

class SysFiguresTest : public ::testing::Test {
 protected:
  std::optional<double> Value(std::string_view family) {
    return metrics::testing::MetricReader(registry_).Value(family);
  }

  metrics::Registry registry_;
  std::unique_ptr<SysFigures> figures_ = SysFigures::Register(registry_).value();
};

TEST_F(SysFiguresTest, AFigureIsShownOnceItHasArrived) {
  EXPECT_EQ(Value("mosquitto_sys_clients_connected"), std::nullopt);
  figures_->Take("$SYS/broker/clients/connected", "7");
  EXPECT_EQ(Value("mosquitto_sys_clients_connected"), 7);
}

TEST_F(SysFiguresTest, ATopicMayHaveABlank) {
  figures_->Take("$SYS/broker/retained messages/count", "53");
  EXPECT_EQ(Value("mosquitto_sys_retained_messages"), 53);
}

TEST_F(SysFiguresTest, TextAndOtherTopicsAreNoFigures) {
  figures_->Take("$SYS/broker/clients/connected", "12 seconds");
  figures_->Take("$SYS/broker/clients/connected", "");
  figures_->Take("broker/clients/connected", "7");
  figures_->Take("$SYS/broker/uptime", "12 seconds");
  EXPECT_EQ(Value("mosquitto_sys_clients_connected"), std::nullopt);
}

TEST_F(SysFiguresTest, AForgottenFigureIsNotShown) {
  figures_->Take("$SYS/broker/bytes/sent", "100");
  figures_->Forget();
  EXPECT_EQ(Value("mosquitto_sys_network_sent_bytes_total"), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
