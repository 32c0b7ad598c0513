// A program that has the core itself loads a plug-in that needs it too: there is one core, and its
// cells are the program's. The core is a shared library of both here; with two copies there would
// be two sets of cells.
#include <dlfcn.h>

#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"
#include "tests/metrics_core/process/plugin.h"

namespace streamhouse::metrics {
namespace {

class PluginTest : public testing::Test {
 protected:
  PluginTest() {
    void* const plugin = dlopen("tests/metrics_core/process/plugin.so", RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) ADD_FAILURE() << dlerror();
    record_ = reinterpret_cast<decltype(&RecordInPlugin)>(dlsym(plugin, "RecordInPlugin"));
    own_registry_ = reinterpret_cast<decltype(&RecordsIntoItsOwnRegistry)>(dlsym(plugin, "RecordsIntoItsOwnRegistry"));
  }

  Registry registry_;
  const Counter counter_ = registry_.AddCounter({.name = "a_total", .help = "h"}).value().With();
  decltype(&RecordInPlugin) record_ = nullptr;
  decltype(&RecordsIntoItsOwnRegistry) own_registry_ = nullptr;
};

TEST_F(PluginTest, RecordsIntoTheCellsOfItsHost) {
  counter_.Increment();
  record_(&counter_, 10);
  std::thread([&] { record_(&counter_, 100); }).join();
  EXPECT_EQ(Page(registry_), "a_total 111\n");
}

TEST_F(PluginTest, HasRegistriesOfItsOwn) {
  EXPECT_EQ(own_registry_(), 1);
  EXPECT_EQ(Page(registry_), "a_total 0\n");
}

}  // namespace
}  // namespace streamhouse::metrics
