// Reads what a server has sent to one client, as strictly as HTTP/1.1 lets a client be.
//
// Ends the process with a message where it is not a sequence of well-formed replies.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

struct WireReply {
  int status = 0;
  std::string head;  // without the Date, which is not the same twice
  std::string body;
  bool operator==(const WireReply&) const = default;
};

// `has_body[i]`: whether the i-th reply carries one; those to HEAD do not. A reply beyond it does,
// unless it is the last and ends with its head, as that to a HEAD that was refused.
std::vector<WireReply> ReadReplies(std::string_view bytes, const std::vector<bool>& has_body);

}  // namespace streamhouse::exporters
