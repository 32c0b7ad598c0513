// ListenOnUnixSocket: a socket that listens under a path or an abstract name.
//
// When to use something else: ParseListenAddress (socket_address.h) reads the address from a text.
// Guarantees:
// 1. A socket file on which no process listens is replaced. It is what a killed process leaves
//    behind. A file on which a process of this machine listens is an error, and so is a file that
//    is no socket. Neither is touched. A child of fork that holds a copy of the socket listens.
// 2. Of several starts at one path, with this function and at the same time, one gets it and the
//    others get the error. A start holds a lock on PATH.lock meanwhile, which is gone afterwards.
//    A program that makes its socket otherwise is seen only once it listens.
// 3. Mode, owner and group are set before the first client can connect. The umask has no effect on
//    them.
// 4. SocketFile removes the file at the end, if it is still the file that was made, and only in the
//    process that made it: not in a child of fork.
// 5. No symbolic link is followed at the path itself.
// Limits: a socket file takes a /proc that is mounted, by which the system's library sets its mode.
// A socket that another machine serves, on a folder of the network, looks dead. An abstract name
// has no permissions: every process in the network namespace may connect.
// Thread safety: pure functions of the system's; a SocketFile: one thread at a time.
// Cost: some system calls.
// Errors: InvalidArgument, as CheckUnixSocket(), and for an owner or a group that is not known;
// else Unavailable. The message begins with "cannot listen on ADDRESS" and names the reason, such
// as the process that listens.
#pragma once

#include <sys/types.h>

#include <string>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

// The file of a socket that listens. It goes before the descriptor of the socket is closed: until
// then the system gives its number to no other file.
class SocketFile {
 public:
  SocketFile() = default;  // no file: an abstract name
  // Of the file that is there.
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile() { Remove(); }

  // May be called twice.
  void Remove();

 private:
  std::string path_;  // empty: none
  dev_t device_ = 0;
  ino_t number_ = 0;
  pid_t process_ = 0;
};

struct ListeningUnixSocket {
  int descriptor = -1;  // the caller's; closed on exec, and does not block
  SocketFile file = {};
};

Result<ListeningUnixSocket> ListenOnUnixSocket(const UnixSocket& socket);

}  // namespace streamhouse::metrics
