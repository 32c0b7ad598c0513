// A server of one thread, whose io_context serves the metrics as well. It counts the lines that its
// clients send, until SIGINT or SIGTERM.
#include <boost/asio.hpp>
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace asio = boost::asio;
namespace metrics = streamhouse::metrics;
using asio::ip::tcp;

namespace {

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> ReadLines(tcp::socket client, metrics::Counter lines) {
  for (std::string buffer;;) {
    const auto [error, size] = co_await asio::async_read_until(client, asio::dynamic_buffer(buffer), '\n', kAsTuple);
    if (error) co_return;
    buffer.erase(0, size);
    lines.Increment();
  }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor, metrics::Counter lines) {
  while (true) {
    auto [error, client] = co_await acceptor.async_accept(kAsTuple);
    if (!error) asio::co_spawn(acceptor.get_executor(), ReadLines(std::move(client), lines), asio::detached);
  }
}

}  // namespace

int main() {
  metrics::Registry registry;
  const metrics::Health health;
  const metrics::Counter lines = registry.AddCounter({.name = "lines_total", .help = "Lines received"})->With();
  asio::io_context context(1);
  const asio::any_io_executor executor = context.get_executor();
  // No second thread, so no lock between the server and its metrics.
  streamhouse::exporters::MetricsServer page(registry, health, {.port = 0, .executor = &executor});
  if (const auto started = page.Start(); !started.ok()) return std::cerr << started.message() << "\n", 1;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(context, Accept(acceptor, lines), asio::detached);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const auto&, int) { context.stop(); });
  std::cout << acceptor.local_endpoint().port() << "\nhttp://127.0.0.1:" << page.port() << "/metrics" << std::endl;
  context.run();
}
