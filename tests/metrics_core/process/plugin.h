// What the plug-in of the tests offers to programs that load it, by these names.
#pragma once

namespace streamhouse::metrics {

// Adds n to the Counter at this address.
extern "C" void RecordInPlugin(const void* counter, unsigned long n);
// 1 if what was recorded, on this thread and another one, was read again.
extern "C" int RecordsIntoItsOwnRegistry();

}  // namespace streamhouse::metrics
