// ArenaAllocator: puts the request and the response of a call into one arena, freed as a whole.
//
// When to use something else: gRPC's default for methods with small messages.
// Guarantees: the messages live until the call is over.
// Thread safety: any thread.
// Cost: one allocation for the first kFirstBlockBytes of a call, one for each further block. A
// string of more than 15 bytes still takes one of its own: protobuf keeps the bytes of strings
// outside of arenas.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <cstddef>

namespace streamhouse::agent {

template <typename Request, typename Response>
class ArenaAllocator final : public grpc::MessageAllocator<Request, Response> {
 public:
  // Owned by gRPC, which calls Release.
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder(); }

 private:
  static constexpr std::size_t kFirstBlockBytes = 16 * 1024;
  static constexpr std::size_t kLargestBlockBytes = 256 * 1024;

  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(Options()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    static google::protobuf::ArenaOptions Options() {
      google::protobuf::ArenaOptions options;
      options.start_block_size = kFirstBlockBytes;
      options.max_block_size = kLargestBlockBytes;
      return options;
    }

    google::protobuf::Arena arena_;
  };
};

}  // namespace streamhouse::agent
