// ServerExecutor: runs the handlers of one server on an executor of the program, until the server
// is closed.
//
// When to use something else: asio::strand, where the end of the work may wait until a thread runs
// the context.
// Guarantees:
// 1. At most one handler runs at a time, even if several threads run the executor below.
// 2. When Close() returns, no handler runs, and later handlers are destroyed without being called.
//    Close() waits for the handler that runs, and for nothing else: no thread has to run the
//    executor, and the handlers that wait are not called first.
// 3. A handler runs until what it owns is destroyed. It must own it movably: a const capture is
//    destroyed later.
// Thread safety: all methods from any thread; Close() not from a handler.
// Cost: an uncontended lock a handler.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

class ServerExecutor {
 public:
  // On a context that one thread runs, and nothing else.
  static ServerExecutor OnOneThread(const boost::asio::any_io_executor& below) {
    return {std::make_shared<Gate>(below), Blocking::kPossibly};
  }
  // On a context that any number of threads run.
  static ServerExecutor OnAnyThreads(const boost::asio::any_io_executor& below) {
    ServerExecutor executor = OnOneThread(below);
    executor.gate_->strand = boost::asio::make_strand(below);
    return executor;
  }

  // Calls `last` in the place of all handlers to come.
  template <typename Function>
  void Close(const Function& last) const {
    // Relaxed: a handler that locks the mutex after this thread sees it. A handler that sees it
    // before is not called either.
    Gate& gate = *gate_;
    gate.closed.store(true, std::memory_order_relaxed);
    const metrics::MutexLock lock(gate.mutex);
    CallOnce(gate, last);
  }

  // For the child of a fork, where the thread that runs a handler may be missing: calls `last` only
  // where no handler ran when the process forked.
  template <typename Function>
  void CloseUnlessBusy(const Function& last) const {
    Gate& gate = *gate_;
    if (!gate.mutex.TryLock()) return;
    // Relaxed: the mutex orders it.
    gate.closed.store(true, std::memory_order_relaxed);
    CallOnce(gate, last);
    gate.mutex.Unlock();
  }

  // Whether this thread runs one of the handlers.
  bool IsInside() const { return inside_ == gate_.get(); }

  // What Asio asks of an executor.
  template <typename Function>
  void execute(Function&& function) const {
    auto run = [gate = gate_, function = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
      Run(*gate, function);
    };
    gate_->strand ? Execute(*gate_->strand, std::move(run)) : Execute(gate_->below, std::move(run));
  }
  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return boost::asio::query(gate_->below, boost::asio::execution::context);
  }
  ServerExecutor require(boost::asio::execution::blocking_t::never_t) const { return {gate_, Blocking::kNever}; }
  ServerExecutor require(boost::asio::execution::blocking_t::possibly_t) const { return {gate_, Blocking::kPossibly}; }
  friend bool operator==(const ServerExecutor&, const ServerExecutor&) noexcept = default;

 private:
  // Whether execute() may run the handler before it returns; Asio's property of this name.
  enum class Blocking : std::uint8_t { kNever, kPossibly };

  struct Gate {
    explicit Gate(const boost::asio::any_io_executor& executor) : below(executor) {}

    // Immutable after construction.
    const boost::asio::any_io_executor below;
    std::optional<boost::asio::strand<boost::asio::any_io_executor>> strand;  // of below; none with one thread

    // Close() sets it before it locks the mutex. Otherwise the handlers that wait could lock the
    // mutex first, each in turn.
    std::atomic<bool> closed = false;
    metrics::Mutex mutex;  // held by the handler that runs
    bool has_called_last STREAMHOUSE_GUARDED_BY(mutex) = false;
  };

  ServerExecutor(std::shared_ptr<Gate> gate, Blocking blocking) : gate_(std::move(gate)), blocking_(blocking) {}

  template <typename Executor, typename Function>
  void Execute(const Executor& executor, Function function) const {
    if (blocking_ == Blocking::kPossibly) return executor.execute(std::move(function));
    boost::asio::require(executor, boost::asio::execution::blocking_t::never_t()).execute(std::move(function));
  }

  template <typename Function>
  static void Run(Gate& gate, Function& function) {
    // A handler, or the destructor of what it owns, may call another handler.
    if (inside_ == &gate) return CallUnlessClosed(gate, function);
    const metrics::MutexLock lock(gate.mutex);
    struct Visit {
      explicit Visit(const Gate& gate) : before(std::exchange(inside_, &gate)) {}
      ~Visit() { inside_ = before; }
      const void* const before;
    };
    const Visit visit(gate);
    // A local, so that what it owns is destroyed before the gate is unlocked.
    Function called = std::move(function);
    CallUnlessClosed(gate, called);
  }

  template <typename Function>
  static void CallUnlessClosed(const Gate& gate, Function& function) {
    // Relaxed: the mutex, which this thread holds, orders the store of a Close() that has returned.
    // A Close() that has not returned waits for a handler that misses its store.
    if (!gate.closed.load(std::memory_order_relaxed)) function();
  }

  template <typename Function>
  static void CallOnce(Gate& gate, const Function& last) STREAMHOUSE_REQUIRES(gate.mutex) {
    if (!std::exchange(gate.has_called_last, true)) last();
  }

  // The gate of the handler that this thread runs.
  static inline thread_local const void* inside_ = nullptr;

  std::shared_ptr<Gate> gate_;
  Blocking blocking_;
};

}  // namespace streamhouse::exporters
