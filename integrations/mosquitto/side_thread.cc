#include "integrations/mosquitto/side_thread.h"

#include <errno.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <limits>
#include <utility>

#include "metrics_core/start_thread.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Result;
using metrics::Status;

namespace {

// Gives the calling thread a table of its own, with the standard descriptors alone. Otherwise the
// error of the system: the thread works on with the common table.
int LeaveDescriptorsOfProcess() {
  const int failed = ::close_range(STDERR_FILENO + 1, std::numeric_limits<unsigned>::max(), CLOSE_RANGE_UNSHARE);
  return failed == 0 ? 0 : errno;
}

// While it lives, the calling thread takes no signals.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// A thread inherits the mask of the one that starts it.
Result<std::thread> StartThreadWithoutSignals(std::function<void()> work) {
  const BlockedSignals blocked;
  return metrics::StartThread(std::move(work));
}

}  // namespace

Result<std::unique_ptr<SideThread>> SideThread::Start(std::function<Status()> begin, std::function<void()> end) {
  std::unique_ptr<SideThread> side(new SideThread(std::move(end)));
  // A task hands over what it throws. It is shared, as this thread may return before it is left.
  const auto task = std::make_shared<std::packaged_task<Status()>>(std::move(begin));
  std::future<Status> begun = task->get_future();
  Result<std::thread> started = StartThreadWithoutSignals([task, self = side.get()] {
    self->descriptors_error_ = LeaveDescriptorsOfProcess();
    (*task)();
    self->stop_.get_future().wait();
    self->end_();
  });
  if (!started.ok()) return started.status();
  side->thread_ = *std::move(started);
  if (Status status = begun.get(); !status.ok()) return status;
  return side;
}

SideThread::~SideThread() {
  if (!thread_.joinable()) return;
  stop_.set_value();
  thread_.join();
}

}  // namespace streamhouse::mosquitto_plugin
