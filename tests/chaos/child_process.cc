#include "tests/chaos/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "metrics_core/status.h"

namespace streamhouse::chaos {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"/proc/self/exe"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<int, 2> pipe_ends = {};
  metrics::Check(::pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "no pipe");
  // Not a pipe: a write to one whose reader is dead would kill the writer.
  std::array<int, 2> socket_ends = {};
  metrics::Check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket_ends.data()) == 0, "no socket");
  pid_ = ::fork();
  metrics::Check(pid_ >= 0, "no process");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(socket_ends[1], STDIN_FILENO);
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(socket_ends[1]);
  ::close(pipe_ends[1]);
  input_ = socket_ends[0];
  output_ = ::fdopen(pipe_ends[0], "r");
}

ChildProcess::~ChildProcess() {
  Kill();
  ::close(input_);
  if (output_ != nullptr) std::fclose(output_);
}

std::optional<std::string> ChildProcess::ReadLine() {
  std::string line;
  for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_)) {
    if (c == '\n') return line;
    line += static_cast<char>(c);
  }
  // A line without its end was cut off when the child died.
  return std::nullopt;
}

void ChildProcess::WriteLine(const std::string& line) const {
  const std::string sent = line + "\n";
  static_cast<void>(::send(input_, sent.data(), sent.size(), MSG_NOSIGNAL));
}

void ChildProcess::Signal(int signal) const {
  ::kill(pid_, signal);
}

void ChildProcess::Kill() {
  if (is_reaped_) return;
  is_reaped_ = true;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace streamhouse::chaos
