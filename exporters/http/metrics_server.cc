#include "exporters/http/metrics_server.h"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <utility>

#include "exporters/http/listener.h"
#include "exporters/http/routes.h"
#include "exporters/http/web_config.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using metrics::Result;
using metrics::Status;

// Signals are for the program's own threads.
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

}  // namespace

// A context, and a thread that runs it as long as there is anything to do.
class MetricsServer::Thread {
 public:
  asio::io_context& context() { return context_; }
  void Run() {
    thread_ = std::thread([this] { context_.run(); });
  }
  void Join() { thread_.join(); }

 private:
  asio::io_context context_{1};
  std::thread thread_;
};

MetricsServer::MetricsServer(metrics::Registry& registry, const metrics::Health& health, MetricsServerOptions options)
    : registry_(registry),
      health_(health),
      options_(std::move(options)),
      name_("prometheus://" + HostAndPort(options_.host, options_.port)) {}

MetricsServer::~MetricsServer() {
  Stop();
}

std::string_view MetricsServer::Name() const {
  return name_;
}

Status MetricsServer::Start() {
  WebConfig web_config;
  if (!options_.web_config_file.empty()) {
    Result<WebConfig> loaded = LoadWebConfig(options_.web_config_file);
    if (!loaded.ok()) return loaded.status();
    web_config = *std::move(loaded);
  }
  auto thread = options_.context == nullptr ? std::make_unique<Thread>() : nullptr;
  asio::io_context& context = thread == nullptr ? *options_.context : thread->context();
  const RoutesOptions routes = {
      .limits = options_.limits, .aggregate = options_.aggregate, .created = options_.created};
  const BlockedSignals blocked;
  auto listener = std::make_shared<Listener>(context, registry_, health_, routes, std::move(web_config));
  if (Status bound = listener->Bind(options_.host, options_.port); !bound.ok()) return bound;
  port_ = listener->port();
  name_ = "prometheus://" + HostAndPort(options_.host, port_);
  listener->Open();
  listener_ = std::move(listener);
  thread_ = std::move(thread);
  if (thread_ != nullptr) thread_->Run();
  return Status::Ok();
}

void MetricsServer::Stop() {
  if (listener_ == nullptr) return;
  const auto close = [](const std::shared_ptr<Listener>& listener) { listener->Close(); };
  if (thread_ != nullptr) {
    asio::post(thread_->context(), [close, listener = std::move(listener_)] { close(listener); });
    thread_->Join();
    thread_.reset();
    return;
  }
  if (options_.context->get_executor().running_in_this_thread() || options_.context->stopped()) {
    close(std::exchange(listener_, nullptr));
    return;
  }
  const std::future<void> gone = listener_->gone();
  asio::post(*options_.context, [close, listener = std::move(listener_)] { close(listener); });
  gone.wait();
}

}  // namespace streamhouse::exporters
