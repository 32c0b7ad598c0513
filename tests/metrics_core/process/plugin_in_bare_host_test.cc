// A program that knows nothing of the core loads a plug-in that brings it along. The core's
// thread-local storage is then taken from the little that the C library keeps for libraries that
// come late.
#include <dlfcn.h>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/metrics_core/process/plugin.h"

namespace streamhouse::metrics {
namespace {

TEST(PluginInBareHostTest, RecordsOnThreadsThatWereThereBeforeIt) {
  int on_old_thread = 0;
  std::atomic<decltype(&RecordsIntoItsOwnRegistry)> entry = nullptr;
  std::thread old_thread([&] {
    while (entry == nullptr) std::this_thread::yield();
    on_old_thread = entry.load()();
  });
  void* const plugin = dlopen("tests/metrics_core/process/plugin.so", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(plugin, nullptr) << dlerror();
  entry = reinterpret_cast<decltype(&RecordsIntoItsOwnRegistry)>(dlsym(plugin, "RecordsIntoItsOwnRegistry"));
  EXPECT_EQ(entry.load()(), 1);
  old_thread.join();
  EXPECT_EQ(on_old_thread, 1);
}

}  // namespace
}  // namespace streamhouse::metrics
