// ListeningUnixSocket: a socket that listens under a path or an abstract name.
//
// When to use something else: ParseListenAddress (socket_address.h) reads the address from a text.
// Guarantees:
// 1. A socket file on which no process listens is replaced. It is what a killed process leaves
//    behind. A file on which a process of this machine listens is an error, and so is a file that
//    is no socket. Neither is touched. A child of fork that holds a copy of the socket listens.
//    A process that may not write to the file cannot find whether one listens. Then the file is
//    left as well, and the error says to remove it. A server that gives its file away, or has a
//    mode such as 0060, meets this when it starts again after a kill.
// 2. Of several starts at one path, with this function and at the same time, one gets it and the
//    others get the error. A start holds a lock on PATH.lock meanwhile, which is gone afterwards.
//    A program that makes its socket otherwise is seen only once it listens.
// 3. Mode, owner and group are set before the first client can connect. The umask has no effect on
//    them. They are set on the file that was made, also where another takes its path meanwhile.
// 4. SocketFile (socket_file.h) removes the file at the end.
// 5. No symbolic link is followed at the path itself.
// Limits: where the umask or the folder takes bits of the mode away, /proc must be mounted. A
// socket that another machine serves, on a folder of the network, looks dead. An abstract name has
// no permissions: every process in the network namespace may connect.
// Thread safety: a pure function of the system's.
// Cost: some system calls.
// Errors: InvalidArgument, as CheckUnixSocket(), and for an owner or a group that is not known.
// Else Unavailable; where a mode, owner or group may not be set, the field is that one. The message
// begins with "cannot listen on ADDRESS" and names the reason. The process that it names began to
// listen there; that one, or a child that has its socket, listens.
#pragma once

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/sockets/socket_file.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

struct ListeningUnixSocket {
  int descriptor = -1;  // the caller's; closed on exec, and does not block
  SocketFile file = {};
};

Result<ListeningUnixSocket> ListenOnUnixSocket(const UnixSocket& socket);

}  // namespace streamhouse::metrics
