#include "integrations/mosquitto/side_thread.h"

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

// Gives the calling thread a table of its own, with the standard descriptors alone. Where the
// system refuses, the thread works on with the common table.
void LeaveDescriptorsOfProcess() {
  ::close_range(STDERR_FILENO + 1, std::numeric_limits<unsigned>::max(), CLOSE_RANGE_UNSHARE);
}

// A thread inherits the mask of the one that starts it.
Result<std::thread> StartThreadWithoutSignals(std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Result<std::thread> started = metrics::StartThread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace

Result<std::unique_ptr<SideThread>> SideThread::Start(std::function<Status()> begin, std::function<void()> end) {
  std::unique_ptr<SideThread> side(new SideThread(std::move(end)));
  // A task hands over what it throws. It is shared, as this thread may return before it is left.
  const auto task = std::make_shared<std::packaged_task<Status()>>(std::move(begin));
  std::future<Status> begun = task->get_future();
  Result<std::thread> started = StartThreadWithoutSignals([task, self = side.get()] {
    LeaveDescriptorsOfProcess();
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
