// SocketFile: the file of a socket that listens. It goes before the descriptor of the socket is
// closed: until then the system gives its number to no other file.
//
// When to use something else: ListenOnUnixSocket() (listening_unix_socket.h) makes it.
// Guarantees:
// 1. It removes the file at the end, if it is still the file that was made.
// 2. It does so only in the process that made it: not in a child of fork.
// Thread safety: one thread at a time.
// Cost: a system call or two.
#pragma once

#include <sys/types.h>

#include <string>

namespace streamhouse::metrics {

class SocketFile {
 public:
  SocketFile() = default;  // no file: an abstract name
  // Of the socket that is there; none where that is another file.
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile() { Remove(); }

  // Whether the descriptor is open on it.
  bool Is(int descriptor) const;

  // May be called twice.
  void Remove();

 private:
  std::string path_;  // empty: none
  dev_t device_ = 0;
  ino_t number_ = 0;
  pid_t process_ = 0;
};

}  // namespace streamhouse::metrics
