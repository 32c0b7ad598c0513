// MessagePool: protobuf messages that are used again, with the memory that they have grown.
//
// A cleared message keeps its records and their strings, so that the next batch allocates little.
// An arena would still allocate each string of more than 15 bytes.
// When to use something else: a local message, where it is small.
// Guarantees:
// 1. Take() returns a cleared message.
// 2. No other caller has it until the PooledMessage is destroyed.
// Thread safety: Take() from any thread; each PooledMessage is destroyed before the pool.
// Cost: a lock each way.
// Memory: as many messages as were ever taken at the same time, each as large as it ever was.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "metrics_core/mutex.h"

namespace streamhouse::client {

template <typename Message>
class MessagePool {
 public:
  class PooledMessage {
   public:
    PooledMessage(MessagePool& pool, std::unique_ptr<Message> message) : pool_(pool), message_(std::move(message)) {}
    ~PooledMessage() { pool_.GiveBack(std::move(message_)); }
    PooledMessage(const PooledMessage&) = delete;
    PooledMessage& operator=(const PooledMessage&) = delete;

    Message& operator*() const { return *message_; }
    Message* operator->() const { return message_.get(); }

   private:
    MessagePool& pool_;
    std::unique_ptr<Message> message_;
  };

  PooledMessage Take() {
    const metrics::MutexLock lock(mutex_);
    if (free_.empty()) return PooledMessage(*this, std::make_unique<Message>());
    std::unique_ptr<Message> message = std::move(free_.back());
    free_.pop_back();
    return PooledMessage(*this, std::move(message));
  }

 private:
  void GiveBack(std::unique_ptr<Message> message) {
    message->Clear();
    const metrics::MutexLock lock(mutex_);
    free_.push_back(std::move(message));
  }

  metrics::Mutex mutex_;
  std::vector<std::unique_ptr<Message>> free_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::client
