#include "metrics_core/sockets/listening_unix_socket.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/support/short_folder.h"

namespace streamhouse::metrics {
namespace {

namespace fs = std::filesystem;

// Called where a start is about to probe a socket, where it has just bound its own, and where it is
// about to give its file away.
std::function<void()> g_before_connect;
std::function<void()> g_after_bind;
std::function<void()> g_before_chown;
// Whether the system says that there is no file below /proc.
bool g_proc_is_missing = false;

}  // namespace

// In place of the C library's.
extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  if (g_before_connect) std::exchange(g_before_connect, nullptr)();
  return static_cast<int>(syscall(SYS_connect, socket, address, size));
}
extern "C" int bind(int socket, const sockaddr* address, socklen_t size) noexcept {
  const auto bound = static_cast<int>(syscall(SYS_bind, socket, address, size));
  if (g_after_bind) std::exchange(g_after_bind, nullptr)();
  return bound;
}
extern "C" int chmod(const char* path, mode_t mode) noexcept {
  if (g_proc_is_missing && std::string_view(path).starts_with("/proc/")) {
    errno = ENOENT;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fchmodat, AT_FDCWD, path, mode));
}
extern "C" int fchownat(int folder, const char* path, uid_t owner, gid_t group, int flags) noexcept {
  if (g_before_chown) std::exchange(g_before_chown, nullptr)();
  return static_cast<int>(syscall(SYS_fchownat, folder, path, owner, group, flags));
}

namespace {

bool CanConnect(const std::string& path) {
  const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const UnixSocketName name({.path = path});
  const bool is_connected = connect(client, name.address(), name.size()) == 0;
  close(client);
  return is_connected;
}

class ListeningUnixSocketTest : public testing::Test {
 protected:
  ~ListeningUnixSocketTest() override {
    StopListening();
    g_before_connect = g_after_bind = g_before_chown = nullptr;
    g_proc_is_missing = false;
  }

  static void Close(std::optional<ListeningUnixSocket>& listening) {
    if (!listening) return;
    listening->file.Remove();
    close(listening->descriptor);
    listening.reset();
  }
  void StopListening() { Close(listening_); }
  // As a process leaves it that is killed.
  void LeaveADeadSocket() const {
    const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const UnixSocketName name({.path = path_});
    EXPECT_EQ(bind(dead, name.address(), name.size()), 0);
    close(dead);
  }
  // Empty where it listens.
  std::string Listen(UnixSocket socket) {
    auto listening = ListenOnUnixSocket(socket);
    if (!listening.ok()) return listening.status().message();
    StopListening();
    listening_ = *std::move(listening);
    return "";
  }
  std::string Listen() { return Listen({.path = path_}); }
  std::string ListenWithUmask(mode_t mask, const UnixSocket& socket) {
    const mode_t before = umask(mask);
    std::string refusal = Listen(socket);
    umask(before);
    return refusal;
  }
  // A child that listens at the path until it is killed.
  pid_t ChildThatListens() {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto listening = ListenOnUnixSocket({.path = path_});
      const char outcome = listening.ok() ? 'y' : 'n';
      static_cast<void>(!write(ready[1], &outcome, 1));
      for (;;) pause();
    }
    char outcome = 0;
    EXPECT_EQ(read(ready[0], &outcome, 1), 1);
    EXPECT_EQ(outcome, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
  }
  // Whether it holds in a child, which may lose its rights.
  static bool HoldsInAChild(const std::function<bool()>& holds) {
    const pid_t child = fork();
    if (child == 0) _exit(holds() ? 0 : 1);
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status == 0;
  }
  // Leaves the process no right that a user lacks, also where root runs the test.
  static bool LoseRights() {
    __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    return syscall(SYS_capset, &header, none) == 0;
  }
  static void Kill(pid_t child) {
    EXPECT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
  }
  struct stat Found() const {
    struct stat found = {};
    EXPECT_EQ(lstat(path_.c_str(), &found), 0);
    return found;
  }
  std::string Refusal(const std::string& why) const { return "cannot listen on unix://" + path_ + ": " + why; }

  const ShortFolder short_folder_;
  const fs::path folder_ = short_folder_.path();
  std::string path_ = short_folder_.File("s");
  std::optional<ListeningUnixSocket> listening_;
};

TEST_F(ListeningUnixSocketTest, TakesConnectionsAndLeavesNoOtherFile) {
  ASSERT_EQ(Listen(), "");
  EXPECT_TRUE(CanConnect(path_));
  EXPECT_NE(fcntl(listening_->descriptor, F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(fcntl(listening_->descriptor, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(ListeningUnixSocketTest, RemovesItsFileAtTheEnd) {
  ASSERT_EQ(Listen(), "");
  StopListening();
  EXPECT_FALSE(fs::exists(fs::symlink_status(path_)));
}

TEST_F(ListeningUnixSocketTest, ReplacesTheSocketOfAKilledProcess) {
  Kill(ChildThatListens());
  ASSERT_TRUE(S_ISSOCK(Found().st_mode)) << "a killed process leaves it behind";
  ASSERT_FALSE(CanConnect(path_));
  EXPECT_EQ(Listen(), "");
  EXPECT_TRUE(CanConnect(path_));
}

TEST_F(ListeningUnixSocketTest, RefusesThePathOfALiveProcessAndNamesIt) {
  const pid_t child = ChildThatListens();
  EXPECT_EQ(Listen(), Refusal("process " + std::to_string(child) + " listens there, or a child that has its socket"));
  EXPECT_TRUE(CanConnect(path_));
  Kill(child);
}

TEST_F(ListeningUnixSocketTest, SaysWhatToRemoveWhereItMayNotFindOut) {
  LeaveADeadSocket();
  fs::permissions(path_, fs::perms::group_write);
  const std::string why = Refusal(
      "a socket is there, and whether a process listens to it cannot be found: "
      "Permission denied; remove " +
      path_ + " if no process uses it");
  EXPECT_TRUE(HoldsInAChild([&] { return LoseRights() && Listen() == why; }));
  EXPECT_TRUE(S_ISSOCK(Found().st_mode));
}

TEST_F(ListeningUnixSocketTest, TakesThePathOfASocketThatIsRemovedMeanwhile) {
  LeaveADeadSocket();
  g_before_connect = [this] { fs::remove(path_); };
  EXPECT_EQ(Listen(), "");
}

TEST_F(ListeningUnixSocketTest, ChangesNoFileThatTakesItsPlace) {
  const std::string other = path_ + ".other";
  std::ofstream(other) << "precious";
  fs::permissions(other, fs::perms::owner_read);
  g_after_bind = [&] { fs::rename(other, path_); };
  EXPECT_EQ(Listen({.path = path_, .mode = 0666}), Refusal("another file has taken the place of the socket"));
  EXPECT_EQ(Found().st_mode & 07777U, 0400U);
}

TEST_F(ListeningUnixSocketTest, NeedsProcOnlyWhereTheUmaskTakesBitsAway) {
  const UnixSocket socket = {.path = path_, .mode = 0666, .group = std::to_string(getgid())};
  g_proc_is_missing = true;
  EXPECT_EQ(ListenWithUmask(077, socket), Refusal("the mode of the socket cannot be set: No such file or directory"));
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_EQ(ListenWithUmask(0, socket), "");
}

// Goal: exactly one of several starts at once gets the path. Method: threads start together, with
// the socket of a process that has ended in their way; the system makes no difference between
// threads and processes here. Many rounds, because two starts seldom meet.
TEST_F(ListeningUnixSocketTest, LetsOneOfSeveralStartsHaveThePath) {
  constexpr int kStarts = 4;
  for (int round = 0; round < 500; ++round) {
    LeaveADeadSocket();
    std::vector<std::optional<ListeningUnixSocket>> got(kStarts);
    std::barrier together(kStarts);
    std::vector<std::thread> starts;
    for (auto& mine : got) {
      starts.emplace_back([&] {
        together.arrive_and_wait();
        if (auto listening = ListenOnUnixSocket({.path = path_}); listening.ok()) mine = *std::move(listening);
      });
    }
    for (std::thread& start : starts) start.join();
    EXPECT_TRUE(CanConnect(path_));
    ASSERT_EQ(std::count_if(got.begin(), got.end(), [](const auto& mine) { return mine.has_value(); }), 1);
    for (auto& mine : got) Close(mine);
  }
}

TEST_F(ListeningUnixSocketTest, LeavesAFileThatIsNotASocket) {
  const std::string why = Refusal("a file is there that is not a socket; it is left as it is");
  std::ofstream(path_) << "precious";
  EXPECT_EQ(Listen(), why);
  EXPECT_EQ(fs::file_size(path_), 8U);
  fs::remove(path_);
  fs::create_directory(path_);
  EXPECT_EQ(Listen(), why);
  EXPECT_TRUE(fs::is_directory(path_));
}

TEST_F(ListeningUnixSocketTest, FollowsNoLink) {
  fs::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_EQ(Listen(), Refusal("a file is there that is not a socket; it is left as it is"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(ListeningUnixSocketTest, NamesAFolderThatIsMissing) {
  path_ = folder_ / "no" / "s";
  EXPECT_EQ(Listen(), Refusal("there is no folder " + (folder_ / "no").string()));
}

TEST_F(ListeningUnixSocketTest, SaysThatAPathIsBadBeforeItTouchesAnything) {
  EXPECT_EQ(Listen({.path = "s"}), "path is neither an absolute path nor '@' and a name");
  EXPECT_EQ(ListenOnUnixSocket({.path = "s"}).status().field(), "path");
}

TEST_F(ListeningUnixSocketTest, GivesTheFileItsModeWithAnyUmask) {
  ASSERT_EQ(ListenWithUmask(0, {.path = path_}), "");
  EXPECT_EQ(Found().st_mode & 07777U, 0600U) << "others may not connect unless told so";
  path_ += "2";
  ASSERT_EQ(ListenWithUmask(077, {.path = path_, .mode = 0666}), "");
  EXPECT_EQ(Found().st_mode & 07777U, 0666U);
}

TEST_F(ListeningUnixSocketTest, GivesTheFileItsOwnerAndGroup) {
  if (getuid() != 0) {
    // A user can give a file to a group of its own only.
    const std::string own = std::to_string(getgid());
    ASSERT_EQ(Listen({.path = path_, .owner = std::to_string(getuid()), .group = own}), "");
    EXPECT_EQ(Found().st_gid, getgid());
    return;
  }
  ASSERT_EQ(Listen({.path = path_, .mode = 0660, .owner = "daemon", .group = "4242"}), "");
  EXPECT_EQ(Found().st_uid, 1U);
  EXPECT_EQ(Found().st_gid, 4242U);
  EXPECT_EQ(Found().st_mode & 07777U, 0660U);
}

TEST_F(ListeningUnixSocketTest, SetsTheModeBeforeItGivesTheFileAway) {
  struct stat given = {};
  g_before_chown = [&] { given = Found(); };
  ASSERT_EQ(ListenWithUmask(077, {.path = path_, .mode = 0666, .owner = std::to_string(getuid())}), "");
  EXPECT_EQ(given.st_mode & 07777U, 0666U) << "a process may not change a file that it gave away";
}

TEST_F(ListeningUnixSocketTest, NamesAnOwnerOrGroupThatIsNotThere) {
  EXPECT_EQ(Listen({.path = path_, .owner = "nobody-here"}), Refusal("there is no owner nobody-here"));
  EXPECT_EQ(Listen({.path = path_, .owner = "4294967295"}), Refusal("there is no owner 4294967295"))
      << "which the system takes for no change";
  EXPECT_EQ(Listen({.path = path_, .group = "no-group"}), Refusal("there is no group no-group"));
  EXPECT_EQ(ListenOnUnixSocket({.path = path_, .group = "no-group"}).status().field(), "group");
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ListeningUnixSocketTest, LeavesNoFileWhereItMayNotGiveItAway) {
  if (getuid() == 0) {
    // In a child, which may lose its rights.
    const pid_t child = fork();
    if (child == 0) {
      fs::permissions(folder_, fs::perms::all);
      const bool has_lost = setgroups(0, nullptr) == 0 && setgid(4242) == 0 && setuid(4242) == 0;
      const std::string why = Listen({.path = path_, .group = "root"});
      _exit(has_lost && why.find("cannot be set to \"\" and \"root\"") != std::string::npos ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  } else {
    EXPECT_NE(Listen({.path = path_, .group = "root"}), "");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ListeningUnixSocketTest, LeavesTheFileOfASuccessorAtTheEnd) {
  ASSERT_EQ(Listen(), "");
  ListeningUnixSocket first = *std::exchange(listening_, std::nullopt);
  fs::remove(path_);
  ASSERT_EQ(Listen(), "");
  first.file.Remove();
  close(first.descriptor);
  EXPECT_TRUE(CanConnect(path_));
}

TEST_F(ListeningUnixSocketTest, LeavesTheFileToTheParentInAChildOfFork) {
  ASSERT_EQ(Listen(), "");
  const pid_t child = fork();
  if (child == 0) {
    listening_.reset();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(CanConnect(path_));
}

TEST_F(ListeningUnixSocketTest, RefusesBesideAStartThatIsUnderWay) {
  const int held = open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(held, LOCK_EX), 0);
  EXPECT_EQ(Listen(), Refusal("another process starts to listen there, and holds " + path_ + ".lock"));
  close(held);
  EXPECT_EQ(Listen(), "") << "the file of a start that was killed is in no way";
}

TEST_F(ListeningUnixSocketTest, ListensUnderAnAbstractNameOnce) {
  const std::string name = "@" + path_;
  ASSERT_EQ(Listen({.path = name}), "");
  EXPECT_TRUE(CanConnect(name));
  EXPECT_EQ(ListenOnUnixSocket({.path = name}).status().message(),
            "cannot listen on unix:" + name + ": another process has this name");
  StopListening();
  EXPECT_EQ(Listen({.path = name}), "");
  EXPECT_TRUE(fs::is_empty(folder_)) << "it has no file";
}

}  // namespace
}  // namespace streamhouse::metrics
