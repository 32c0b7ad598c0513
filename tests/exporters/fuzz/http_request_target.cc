#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/http/access/basic_auth.h"
#include "exporters/http/limits.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/response.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "exporters/http/session.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"
#include "tests/exporters/fuzz/http_replies.h"
#include "tests/exporters/support/memory_connection.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

// Small, so that short inputs reach them.
constexpr Limits kLimits = {.head_bytes = 1024, .target_bytes = 256, .page_time = std::chrono::hours(1)};
constexpr int kStatuses[] = {200, 400, 401, 404, 405, 414, 431, 503, 505};

// What there is to be asked for: families of all formats, and enough of one for a page of several
// chunks.
class Site {
 public:
  Site() {
    const auto large = registry_.AddCounter({.name = "large_total", .help = "Large", .labels = {"text"}}).value();
    constexpr std::size_t kTextBytes = 10'000;
    for (const char c : {'a', 'b', 'c', 'd', 'e', 'f', 'g'}) large.With(std::string(kTextBytes, c)).Increment();
    registry_.AddGauge({.name = "small", .help = "Small"}).value().With().Set(-1);
  }

  Response Answer(const Request& request) {
    if (request.target == "/locked" && !auth_.Recall(request.authorization).value_or(false)) return ErrorResponse(401);
    return routes_.Handle(request);
  }

 private:
  metrics::Registry registry_;
  metrics::Health health_;
  metrics::Health::Token failing_ =
      health_.Add("check", [] { return metrics::Status(metrics::StatusCode::kUnavailable, "not today"); });
  Routes routes_{registry_, health_, {.limits = kLimits}};
  BasicAuth auth_{{{"user", "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"}}};
};

struct Conversation {
  std::vector<std::string> requests;
  std::vector<WireReply> replies;
  std::vector<WireReply> refusal;  // of what could not be read as a request; at most one, after all replies
};

Conversation Converse(Site& site, std::string_view bytes, std::size_t bytes_a_read) {
  MemoryPeer peer;
  peer.to_server = bytes;
  peer.bytes_a_read = bytes_a_read;
  peer.has_ended = true;
  Conversation conversation;
  std::vector<bool> has_body;
  int ends = 0;
  const ServerMetrics no_metrics;
  const auto handle = [&](const Request& request, const Session::Respond& respond) {
    conversation.requests.push_back(std::string(request.method) + " " + std::string(request.target));
    has_body.push_back(request.method != "HEAD");
    respond(site.Answer(request));
  };
  const auto session = std::make_shared<Session>(std::make_unique<MemoryConnection>(peer), handle, kLimits,
                                                 Session::Headers(), no_metrics, [&](Session&) { ++ends; });
  session->Start();
  peer.Run();
  Check(ends == 1, "a session does not end once");
  Check(session.use_count() == 1, "something holds on to a session");
  conversation.replies = ReadReplies(peer.from_server, has_body);
  const std::size_t replied = std::min(conversation.replies.size(), conversation.requests.size());
  conversation.refusal.assign(conversation.replies.begin() + static_cast<std::ptrdiff_t>(replied),
                              conversation.replies.end());
  conversation.replies.resize(replied);
  return conversation;
}

void CheckReplies(const Conversation& conversation) {
  Check(conversation.replies.size() == conversation.requests.size(), "not one reply to each request");
  Check(conversation.refusal.size() <= 1, "something comes after a refusal");
  for (const std::vector<WireReply>& replies : {conversation.replies, conversation.refusal}) {
    for (const WireReply& reply : replies) {
      Check(std::find(std::begin(kStatuses), std::end(kStatuses), reply.status) != std::end(kStatuses),
            "a strange status");
    }
  }
}

}  // namespace

void FuzzHttpRequest(std::string_view bytes) {
  static auto* const site = new Site;
  const Conversation whole = Converse(*site, bytes, bytes.size() + 1);
  CheckReplies(whole);
  for (const std::size_t bytes_a_read : {std::size_t{1}, std::size_t{7}}) {
    // Only whether a malformed request is refused before its end has come may depend on the cuts.
    const Conversation cut = Converse(*site, bytes, bytes_a_read);
    CheckReplies(cut);
    Check(cut.requests == whole.requests, "requests depend on how the bytes were cut");
    Check(cut.replies == whole.replies, "replies depend on how the bytes were cut");
  }
}

}  // namespace streamhouse::exporters
