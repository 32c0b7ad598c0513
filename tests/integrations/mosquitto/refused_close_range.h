// RunWithoutCloseRange(): work on a thread whose system refuses close_range(), as Linux before 5.9.
//
// Guarantees: threads that the work starts are refused as well; other threads are not.
#pragma once

#include <functional>

namespace streamhouse::mosquitto_plugin {

// Returns when the work has.
void RunWithoutCloseRange(const std::function<void()>& work);

}  // namespace streamhouse::mosquitto_plugin
