#include "tests/chaos/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
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
  pid_ = ::fork();
  metrics::Check(pid_ >= 0, "no process");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe_ends[1], STDOUT_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  output_ = ::fdopen(pipe_ends[0], "r");
}

ChildProcess::~ChildProcess() {
  Kill();
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
