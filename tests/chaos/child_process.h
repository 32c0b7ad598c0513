// ChildProcess: a second process of this program, with other arguments, to be killed, stopped and
// woken.
//
// When to use something else: a thread, where nothing has to die.
// Guarantees: the child dies with its parent, and is reaped when the object goes.
// Thread safety: one thread; ReadLine may be another one's.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace streamhouse::chaos {

class ChildProcess {
 public:
  // `arguments` come after the program's own path.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard output, without the newline; nothing once it has ended.
  std::optional<std::string> ReadLine();

  // A line for its standard input; lost when it has ended.
  void WriteLine(const std::string& line) const;

  void Signal(int signal) const;

  // SIGKILL, unless it has ended; what it printed before can still be read.
  void Kill();

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
  bool is_reaped_ = false;
};

}  // namespace streamhouse::chaos
