#include "tests/integrations/mosquitto/refused_close_range.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <thread>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {
namespace {

// Of the calling thread, until it ends.
void RefuseCloseRange() {
  std::array<sock_filter, 4> lines = {sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))),
                                      sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1)),
                                      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)),
                                      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW))};
  const sock_fprog program = {.len = lines.size(), .filter = lines.data()};
  const bool is_set = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
  metrics::Check(is_set, "a system call can be refused");
}

}  // namespace

void RunWithoutCloseRange(const std::function<void()>& work) {
  std::thread([&work] {
    RefuseCloseRange();
    work();
  }).join();
}

}  // namespace streamhouse::mosquitto_plugin
