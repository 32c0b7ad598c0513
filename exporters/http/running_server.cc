#include "exporters/http/running_server.h"

#include <unistd.h>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/system/system_error.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "metrics_core/dcheck.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::exporters {

namespace asio = boost::asio;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

Status CannotListen(const metrics::SocketAddress& address, const std::string& why) {
  return {StatusCode::kUnavailable, "cannot listen on " + metrics::ToString(address) + ": " + why};
}

}  // namespace

// A context, and a thread that runs it as long as there is anything to do.
class RunningServer::Thread {
 public:
  asio::io_context& context() { return context_; }
  Status Run() {
    Result<std::thread> started = metrics::StartThread([this] { context_.run(); });
    if (started.ok()) thread_ = *std::move(started);
    return started.status();
  }
  void Join() { thread_.join(); }

 private:
  asio::io_context context_{1};
  std::thread thread_;
};

// Ends the servers of a context before it takes away what they stand on.
class RunningServer::ServersOfContext : public asio::execution_context::service {
 public:
  using key_type = ServersOfContext;
  static inline asio::execution_context::id id;

  explicit ServersOfContext(asio::execution_context& context) : service(context) {}

  void Add(std::shared_ptr<RunningServer> server) {
    const metrics::MutexLock lock(mutex_);
    servers_.push_back(std::move(server));
  }
  void Remove(const RunningServer* server) {
    const metrics::MutexLock lock(mutex_);
    std::erase_if(servers_, [&](const auto& kept) { return kept.get() == server; });
  }

 private:
  void shutdown() override {
    std::vector<std::shared_ptr<RunningServer>> servers;
    {
      const metrics::MutexLock lock(mutex_);
      servers.swap(servers_);
    }
    for (const auto& server : servers) server->End();
  }

  metrics::Mutex mutex_;
  std::vector<std::shared_ptr<RunningServer>> servers_ STREAMHOUSE_GUARDED_BY(mutex_);
};

RunningServer::RunningServer() : process_(getpid()) {}

RunningServer::~RunningServer() {
  End();
}

Result<std::uint16_t> RunningServer::Start(const MakeListener& make_listener, const metrics::SocketAddress& address,
                                           std::optional<asio::any_io_executor> executor) {
  // Asio throws where the process has no descriptors left.
  try {
    return StartOrThrow(make_listener, address, std::move(executor));
  } catch (const boost::system::system_error& error) {
    return CannotListen(address, error.what());
  }
}

Result<std::uint16_t> RunningServer::StartOrThrow(const MakeListener& make_listener,
                                                  const metrics::SocketAddress& address,
                                                  std::optional<asio::any_io_executor> executor) {
  auto thread = executor ? nullptr : std::make_unique<Thread>();
  std::shared_ptr<Listener> listener =
      make_listener(executor ? ServerExecutor::OnAnyThreads(*executor)
                             : ServerExecutor::OnOneThread(thread->context().get_executor()));
  if (Status bound = listener->Bind(address); !bound.ok()) return bound;
  const metrics::MutexLock lock(mutex_);
  // Last, so that the context ends it first, while all that it uses is there.
  if (executor) servers_ = &asio::use_service<ServersOfContext>(asio::query(*executor, asio::execution::context));
  if (servers_ != nullptr) servers_->Add(shared_from_this());
  listener->Open();
  // No member refers to the thread or the listener before the thread runs.
  const Status running = thread != nullptr ? thread->Run() : Status::Ok();
  if (!running.ok()) return CannotListen(address, running.message());
  listener_ = std::move(listener);
  thread_ = std::move(thread);
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return listener_ != nullptr && IsSound(); },
                  "a thread or a context runs a listener");
  return listener_->port();
}

void RunningServer::End() {
  if (getpid() != process_) return EndInChild();
  const metrics::MutexLock lock(mutex_);
  if (listener_ == nullptr) return;
  listener_->Close();
  if (servers_ != nullptr) std::exchange(servers_, nullptr)->Remove(this);
  if (thread_ != nullptr) thread_->Join();
  listener_.reset();
  thread_.reset();
  // Invariant 2.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); }, "a server that has ended has no thread");
}

bool RunningServer::IsSound() const {
  const bool is_run = (thread_ != nullptr) != (servers_ != nullptr);
  return listener_ != nullptr ? is_run : thread_ == nullptr && servers_ == nullptr;
}

void RunningServer::EndInChild() {
  // The parent may have been ending one of them.
  if (listener_ == nullptr && thread_ == nullptr) return;
  if (listener_ != nullptr) listener_->CloseInChild();
  // What Asio has in common with the parent must neither be used nor destroyed.
  struct Abandoned {
    std::shared_ptr<Listener> listener;
    std::unique_ptr<Thread> thread;
  };
  static auto* const abandoned = new std::vector<Abandoned>();
  abandoned->push_back({std::move(listener_), std::move(thread_)});
}

bool RunningServer::HasEnded() const {
  const metrics::MutexLock lock(mutex_);
  return listener_ == nullptr;
}

bool RunningServer::HasEndedInChild() const {
  return listener_ == nullptr && thread_ == nullptr;
}

}  // namespace streamhouse::exporters
