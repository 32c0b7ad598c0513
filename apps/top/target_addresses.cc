#include "apps/top/target_addresses.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "metrics_core/host_port.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::apps {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// Its members are of the thread that runs the executor.
struct TargetAddresses::LookUp {
  explicit LookUp(const asio::any_io_executor& executor) : ended(executor) {}
  ~LookUp() {
    if (thread.joinable()) thread.join();
  }
  LookUp(const LookUp&) = delete;
  LookUp& operator=(const LookUp&) = delete;

  asio::steady_timer ended;  // waits for the deadline, and is cancelled when the look-up has ended
  std::optional<Result<Endpoints>> outcome;
  std::thread thread;
};

TargetAddresses::TargetAddresses(metrics::SocketAddress address) : address_(std::move(address)) {}

TargetAddresses::~TargetAddresses() = default;

Status TargetAddresses::StartLookUp(const asio::any_io_executor& executor) {
  const auto look_up = std::make_shared<LookUp>(executor);
  // The thread owns no part of the look-up, which joins it.
  auto started =
      metrics::StartThread([weak = std::weak_ptr(look_up), executor, host = std::get<metrics::HostPort>(address_)] {
        error_code error;
        tcp::resolver resolver(executor);
        const auto found = resolver.resolve(host.host, std::to_string(host.port), error);
        Endpoints endpoints;
        for (const auto& entry : found) endpoints.emplace_back(entry.endpoint());
        Result<Endpoints> outcome(std::move(endpoints));
        if (error) outcome = Status(StatusCode::kUnavailable, error.message());
        asio::post(executor, [weak, outcome = std::move(outcome)] {
          const auto waiting = weak.lock();
          if (waiting == nullptr) return;
          waiting->outcome = outcome;
          waiting->ended.cancel();
        });
      });
  if (!started.ok()) return started.status();
  look_up->thread = *std::move(started);
  look_up_ = look_up;
  return Status::Ok();
}

asio::awaitable<Result<TargetAddresses::Endpoints>> TargetAddresses::Find(
    std::chrono::steady_clock::time_point deadline) {
  if (const auto* const socket = std::get_if<metrics::UnixSocket>(&address_)) {
    const metrics::UnixSocketName name(*socket);
    co_return Endpoints{{name.address(), name.size()}};
  }
  const auto& host = std::get<metrics::HostPort>(address_);
  error_code is_name;
  const asio::ip::address digits = asio::ip::make_address(host.host, is_name);
  if (!is_name) co_return Endpoints{tcp::endpoint(digits, host.port)};
  if (known_) co_return *known_;
  if (look_up_ == nullptr) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Status started = StartLookUp(executor);
    if (!started.ok()) co_return started;
  }
  if (!look_up_->outcome) {
    look_up_->ended.expires_at(deadline);
    co_await look_up_->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (!look_up_->outcome) co_return Status(StatusCode::kDeadlineExceeded, "its name is not found in time");
  Result<Endpoints> outcome = *std::move(look_up_->outcome);
  look_up_.reset();
  if (outcome.ok()) known_ = *outcome;
  co_return outcome;
}

}  // namespace streamhouse::apps
