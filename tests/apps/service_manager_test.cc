#include "apps/service_manager.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/support/short_folder.h"

namespace streamhouse::apps {
namespace {

using metrics::Status;
using metrics::StatusCode;

// Sets NOTIFY_SOCKET until it goes.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& value) { ::setenv("NOTIFY_SOCKET", value.c_str(), /*overwrite=*/1); }
  ~NotifySocket() { ::unsetenv("NOTIFY_SOCKET"); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
};

// What a service manager is to its services: a socket that is named in their environment.
class Manager {
 public:
  explicit Manager(const std::string& path)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), variable_(path) {
    const metrics::UnixSocketName name(metrics::UnixSocket{.path = path});
    metrics::Check(::bind(descriptor_, name.address(), name.size()) == 0, "a manager cannot listen");
  }
  ~Manager() { ::close(descriptor_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // The oldest message; empty where there is none.
  std::string Take() const {
    std::array<char, 64> message;
    const ssize_t size = ::recv(descriptor_, message.data(), message.size(), 0);
    return size < 0 ? std::string() : std::string(message.data(), static_cast<std::size_t>(size));
  }

 private:
  const int descriptor_;
  const NotifySocket variable_;
};

class ServiceManagerTest : public testing::Test {
 protected:
  const ShortFolder folder_;
};

TEST_F(ServiceManagerTest, DoesNothingWithoutAManager) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(NotifyServiceManager(ServiceState::kReady).ok());
}

TEST_F(ServiceManagerTest, TellsAManagerAtAPathThatItIsReadyAndThenThatItStops) {
  const Manager manager(folder_.File("notify"));
  EXPECT_TRUE(NotifyServiceManager(ServiceState::kReady).ok());
  EXPECT_TRUE(NotifyServiceManager(ServiceState::kStopping).ok());
  EXPECT_EQ(manager.Take(), "READY=1");
  EXPECT_EQ(manager.Take(), "STOPPING=1");
  EXPECT_EQ(manager.Take(), "");
}

TEST_F(ServiceManagerTest, TellsAManagerWithAnAbstractName) {
  const Manager manager("@" + folder_.File("notify"));
  EXPECT_TRUE(NotifyServiceManager(ServiceState::kReady).ok());
  EXPECT_EQ(manager.Take(), "READY=1");
}

TEST_F(ServiceManagerTest, NamesTheVariableWhereNoManagerListens) {
  const NotifySocket variable(folder_.File("none"));
  const Status told = NotifyServiceManager(ServiceState::kReady);
  EXPECT_EQ(told.code(), StatusCode::kUnavailable);
  EXPECT_EQ(told.message(), "NOTIFY_SOCKET=" + folder_.File("none") + ": No such file or directory");
}

TEST_F(ServiceManagerTest, RefusesAVariableThatNamesNoUnixSocket) {
  for (const std::string value : {"", "notify", "vsock:2:1"}) {
    const NotifySocket variable(value);
    const Status told = NotifyServiceManager(ServiceState::kReady);
    EXPECT_EQ(told.code(), StatusCode::kInvalidArgument);
    EXPECT_TRUE(told.message().starts_with("NOTIFY_SOCKET=" + value + ": ")) << told.message();
  }
}

TEST_F(ServiceManagerTest, GivesUpOnAManagerThatDoesNotRead) {
  const Manager manager(folder_.File("notify"));
  Status told;
  // The system has a limit of its own on the length of a queue.
  for (int i = 0; i < 100'000 && told.ok(); ++i) {
    told = NotifyServiceManager(ServiceState::kReady, std::chrono::milliseconds(1));
  }
  EXPECT_EQ(told.code(), StatusCode::kUnavailable);
  EXPECT_EQ(manager.Take(), "READY=1");
}

}  // namespace
}  // namespace streamhouse::apps
