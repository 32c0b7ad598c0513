// SysFigures: the figures that the broker publishes under $SYS, as metrics.
//
// Some topics of $SYS promise other things than their figures are: `messages` are packets of every
// kind, and `publish/messages/received` leaves packets out. The families are named for what was
// measured with Mosquitto 2.0.11.
// When to use something else: the families of message_metrics.h, for what clients publish.
// Guarantees:
// 1. A figure is on the page from the moment at which it arrives until Forget(): an old figure is
//    not shown.
// 2. Mosquitto 2.0 publishes every sys_interval + 1 seconds.
// 3. Figures that do not change are not published again, and stay.
// Thread safety: Take() and Forget() from one thread; the families may be read by any.
// Cost: a look-up for each message.
// Errors: those of Registry.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "metrics_core/callback_family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class SysFigures {
 public:
  static metrics::Result<std::unique_ptr<SysFigures>> Register(metrics::Registry& registry);
  SysFigures(const SysFigures&) = delete;
  SysFigures& operator=(const SysFigures&) = delete;

  // A topic that is no figure of ours, or a payload that is no number, changes nothing.
  void Take(std::string_view topic, std::string_view payload);

  // Removes every figure, as when the connection has ended.
  void Forget();

 private:
  SysFigures();

  // By the rows of the table in the source; NaN while unknown.
  std::vector<std::atomic<double>> values_;
  std::vector<metrics::CallbackFamily::Token> tokens_;
};

}  // namespace streamhouse::mosquitto_plugin
