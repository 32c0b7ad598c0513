#include "metrics_core/sockets/socket_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>

#include "metrics_core/sockets/socket_address.h"
#include "tests/support/short_folder.h"

namespace streamhouse::metrics {
namespace {

class SocketFileTest : public testing::Test {
 protected:
  ~SocketFileTest() override { close(socket_); }

  bool Exists() const {
    struct stat found = {};
    return lstat(path_.c_str(), &found) == 0;
  }
  void Bind() {
    const UnixSocketName name({.path = path_});
    ASSERT_EQ(bind(socket_, name.address(), name.size()), 0);
  }

  const ShortFolder folder_;
  const std::string path_ = folder_.File("s");
  const int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST_F(SocketFileTest, RemovesTheFileOfItsSocketAtTheEnd) {
  Bind();
  { const SocketFile file(path_); }
  EXPECT_FALSE(Exists());
}

TEST_F(SocketFileTest, LeavesAFileThatIsNoSocket) {
  std::ofstream(path_) << "precious";
  { const SocketFile file(path_); }
  EXPECT_TRUE(Exists());
}

TEST_F(SocketFileTest, TheFileMovesWithIt) {
  Bind();
  SocketFile first(path_);
  {
    const SocketFile second = std::move(first);
    first.Remove();
    EXPECT_TRUE(Exists());
  }
  EXPECT_FALSE(Exists());
}

}  // namespace
}  // namespace streamhouse::metrics
