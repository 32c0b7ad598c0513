// What libFuzzer calls. One binary for all targets, which are quick to link together: --target=NAME
// chooses.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "tests/exporters/fuzz/fuzz_targets.h"

namespace {

using streamhouse::exporters::FuzzTarget;
using streamhouse::exporters::kFuzzTargets;

const FuzzTarget* chosen = nullptr;

const FuzzTarget* Choose(int argument_count, char** arguments) {
  constexpr std::string_view kOption = "--target=";
  for (int i = 1; i < argument_count; ++i) {
    const std::string_view argument = arguments[i];
    if (!argument.starts_with(kOption)) continue;
    for (const FuzzTarget& target : kFuzzTargets) {
      if (argument.substr(kOption.size()) == target.name) return &target;
    }
  }
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argument_count, char*** arguments) {
  chosen = Choose(*argument_count, *arguments);
  if (chosen != nullptr) return 0;
  std::fputs("--target= takes one of:", stderr);
  for (const FuzzTarget& target : kFuzzTargets) std::fprintf(stderr, " %s", target.name.data());
  std::fputs("\n", stderr);
  return 1;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
