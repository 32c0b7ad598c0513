// The functions that Mosquitto looks up in the plugin, called as the broker calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include "tests/integrations/mosquitto/fake_broker.h"
#include "tests/integrations/mosquitto/scarce_memory.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PluginTest : public ::testing::Test {
 protected:
  int Start(const char* key, const char* value) {
    mosquitto_opt option = {.key = const_cast<char*>(key), .value = const_cast<char*>(value)};
    return mosquitto_plugin_init(broker_.identifier(), &data_, &option, 1);
  }

  FakeBroker broker_{FakeBroker::kLastEventOf20};
  void* data_ = nullptr;
};

TEST_F(PluginTest, TakesVersion5OfTheInterfaceAlone) {
  const int older_and_5[] = {4, 5};
  const int newer[] = {6, 7};
  EXPECT_EQ(mosquitto_plugin_version(2, older_and_5), 5);
  EXPECT_EQ(mosquitto_plugin_version(2, newer), -1);
}

TEST_F(PluginTest, IsRegisteredFromItsStartToItsEnd) {
  ASSERT_EQ(Start("http", "127.0.0.1:0"), MOSQ_ERR_SUCCESS);
  EXPECT_GT(broker_.callbacks(), 0U);
  EXPECT_EQ(mosquitto_plugin_cleanup(data_, nullptr, 0), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(broker_.callbacks(), 0U);
}

TEST_F(PluginTest, AnOptionThatIsRefusedIsLogged) {
  EXPECT_EQ(Start("http", nullptr), MOSQ_ERR_INVAL);
  EXPECT_THAT(broker_.log(), ElementsAre("Error: streamhouse_mosquitto: plugin_opt_http: a value is missing"));
}

TEST_F(PluginTest, AStartWithoutMemoryIsRefusedAndLogged) {
  {
    const FailingAllocation failure(0);
    EXPECT_EQ(Start("http", "127.0.0.1:0"), MOSQ_ERR_NOMEM);
  }
  EXPECT_THAT(broker_.log(), ElementsAre(HasSubstr("Error: streamhouse_mosquitto: the start failed: ")));
  EXPECT_EQ(broker_.callbacks(), 0U);
  EXPECT_EQ(data_, nullptr);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
