#include "metrics_core/sockets/listening_unix_socket.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace streamhouse::metrics {
namespace {

// What chown takes for "unchanged".
constexpr int kUnchanged = -1;
// Of a file: who may do what, and the bits above.
constexpr mode_t kModeBits = 07777;

std::string Reason(int error) {
  return std::generic_category().message(error);
}

Status Unavailable(std::string why) {
  return {StatusCode::kUnavailable, std::move(why)};
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Closes it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Holds PATH.lock, and removes it.
class StartLock {
 public:
  static Result<StartLock> Take(const std::string& socket_path) {
    const std::string path = socket_path + ".lock";
    for (;;) {
      Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
      if (file.number() < 0) return CannotMake(path, errno);
      if (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return Unavailable("another process starts to listen there, and holds " + path);
        return Unavailable("cannot lock " + path + ": " + Reason(errno));
      }
      // A start that ended meanwhile may have removed this file after it was opened here.
      struct stat opened = {};
      struct stat named = {};
      if (fstat(file.number(), &opened) == 0 && lstat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
          opened.st_dev == named.st_dev) {
        return StartLock(std::move(file), path);
      }
    }
  }
  StartLock(StartLock&& other) noexcept : file_(std::move(other.file_)), path_(std::exchange(other.path_, "")) {}
  StartLock& operator=(StartLock&&) = delete;
  ~StartLock() {
    if (!path_.empty()) unlink(path_.c_str());
  }

 private:
  StartLock(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  static Status CannotMake(const std::string& path, int error) {
    const std::string folder = FolderOf(path);
    if (error == ENOENT) return Unavailable("there is no folder " + folder);
    return Unavailable("cannot make " + path + ": " + Reason(error));
  }

  Descriptor file_;
  std::string path_;
};

Result<Descriptor> NewSocket() {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.number() < 0) return Unavailable(Reason(errno));
  return made;
}

// Names the process that called listen(), where the system tells its number. It may have ended, and
// have left the socket to a child.
Status ListenedTo(int connected) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  const bool is_known = getsockopt(connected, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0;
  if (!is_known) return Unavailable("another process listens there");
  return Unavailable("process " + std::to_string(peer.pid) + " listens there, or a child that has its socket");
}

// OK where the path is free.
Status RemoveDeadSocket(const UnixSocket& socket) {
  const std::string& path = socket.path;
  struct stat found = {};
  if (lstat(path.c_str(), &found) != 0) return errno == ENOENT ? Status::Ok() : Unavailable(Reason(errno));
  if (!S_ISSOCK(found.st_mode)) return Unavailable("a file is there that is not a socket; it is left as it is");
  const Result<Descriptor> probe = NewSocket();
  if (!probe.ok()) return probe.status();
  const UnixSocketName name(socket);
  if (connect(probe.value().number(), name.address(), name.size()) == 0) return ListenedTo(probe.value().number());
  switch (errno) {
    case ECONNREFUSED:
      break;
    case ENOENT:
      // Its process has removed it meanwhile.
      return Status::Ok();
    case EAGAIN:
    case EPROTOTYPE:
      return Unavailable("another process listens there");
    default:
      return Unavailable("a socket is there, and whether a process listens to it cannot be found: " + Reason(errno) +
                         "; remove " + path + " if no process uses it");
  }
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return Status::Ok();
  return Unavailable("the socket of a process that has ended is there, and cannot be removed: " + Reason(errno));
}

// The number of an owner or a group, which the text has or the system knows.
template <typename Id, typename LookUp>
Result<Id> FindId(const std::string& text, const std::string& kind, const LookUp& look_up) {
  if (text.empty()) return static_cast<Id>(kUnchanged);
  Id number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && parsed_to == end && number != static_cast<Id>(kUnchanged)) return number;
  // Enough for a group with thousands of members.
  std::vector<char> buffer(std::size_t{1} << 16);
  number = static_cast<Id>(kUnchanged);
  const int failed = look_up(text.c_str(), buffer, number);
  if (number != static_cast<Id>(kUnchanged)) return number;
  // Some lists of the system call it an error that they lack the name.
  if (failed == 0 || failed == ENOENT || failed == ESRCH) {
    return Status(StatusCode::kInvalidArgument, "there is no " + kind + " " + text).WithField(kind);
  }
  return Unavailable("the " + kind + " " + text + " cannot be looked up: " + Reason(failed));
}

struct Owner {
  uid_t user;
  gid_t group;
};

Result<Owner> FindOwner(const UnixSocket& socket) {
  const auto user = FindId<uid_t>(socket.owner, "owner", [](const char* name, std::vector<char>& buffer, uid_t& id) {
    passwd entry = {};
    passwd* found = nullptr;
    const int error = getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) id = found->pw_uid;
    return error;
  });
  if (!user.ok()) return user.status();
  const auto group = FindId<gid_t>(socket.group, "group", [](const char* name, std::vector<char>& buffer, gid_t& id) {
    ::group entry = {};
    ::group* found = nullptr;
    const int error = getgrnam_r(name, &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) id = found->gr_gid;
    return error;
  });
  if (!group.ok()) return group.status();
  return Owner{.user = *user, .group = *group};
}

// Of the file that was made, also where another file has its path by now.
Status SetPermissions(const UnixSocket& socket, const Owner& owner, const SocketFile& made) {
  const Descriptor file(open(socket.path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (file.number() < 0) return Unavailable("the file of the socket cannot be opened: " + Reason(errno));
  struct stat found = {};
  if (!made.Is(file.number()) || fstat(file.number(), &found) != 0) {
    return Unavailable("another file has taken the place of the socket");
  }
  // First: a process that has given the file away may no longer change its mode. The call takes no
  // descriptor of this kind.
  const std::string by_number = "/proc/self/fd/" + std::to_string(file.number());
  if ((found.st_mode & kModeBits) != socket.mode && chmod(by_number.c_str(), socket.mode) != 0) {
    return Unavailable("the mode of the socket cannot be set: " + Reason(errno)).WithField("mode");
  }
  const bool changes_owner = !socket.owner.empty() || !socket.group.empty();
  if (changes_owner && fchownat(file.number(), "", owner.user, owner.group, AT_EMPTY_PATH) != 0) {
    return Unavailable("the owner and group of the socket cannot be set to \"" + socket.owner + "\" and \"" +
                       socket.group + "\": " + Reason(errno))
        .WithField(socket.owner.empty() ? "group" : "owner");
  }
  return Status::Ok();
}

Status Listen(const Descriptor& descriptor) {
  return listen(descriptor.number(), SOMAXCONN) == 0 ? Status::Ok() : Unavailable(Reason(errno));
}

Result<ListeningUnixSocket> ListenOnName(const UnixSocket& socket) {
  Result<Descriptor> made = NewSocket();
  if (!made.ok()) return made.status();
  const UnixSocketName name(socket);
  if (bind(made->number(), name.address(), name.size()) != 0) {
    return Unavailable(errno == EADDRINUSE ? "another process has this name" : Reason(errno));
  }
  if (Status listening = Listen(*made); !listening.ok()) return listening;
  return ListeningUnixSocket{.descriptor = made->Release()};
}

Result<ListeningUnixSocket> ListenOnPath(const UnixSocket& socket) {
  const Result<Owner> owner = FindOwner(socket);
  if (!owner.ok()) return owner.status();
  const Result<StartLock> lock = StartLock::Take(socket.path);
  if (!lock.ok()) return lock.status();
  if (Status removed = RemoveDeadSocket(socket); !removed.ok()) return removed;
  Result<Descriptor> made = NewSocket();
  if (!made.ok()) return made.status();
  // The file gets the mode of its socket, less the umask. SetPermissions() does what is left.
  static_cast<void>(fchmod(made->number(), socket.mode));
  const UnixSocketName name(socket);
  if (bind(made->number(), name.address(), name.size()) != 0) return Unavailable(Reason(errno));
  SocketFile file(socket.path);
  // Until the socket listens, every client is refused.
  if (Status set = SetPermissions(socket, *owner, file); !set.ok()) return set;
  if (Status listening = Listen(*made); !listening.ok()) return listening;
  return ListeningUnixSocket{.descriptor = made->Release(), .file = std::move(file)};
}

}  // namespace

Result<ListeningUnixSocket> ListenOnUnixSocket(const UnixSocket& socket) {
  if (Status checked = CheckUnixSocket(socket); !checked.ok()) return checked;
  Result<ListeningUnixSocket> listening = socket.is_abstract() ? ListenOnName(socket) : ListenOnPath(socket);
  if (listening.ok()) return listening;
  const Status& failure = listening.status();
  return failure.WithMessage("cannot listen on " + socket.ToString() + ": " + failure.message());
}

}  // namespace streamhouse::metrics
