// Every input of the corpora, on every run of the tests; an input that breaks a property ends the
// process with its message.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/exporters/fuzz/corpus.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

class CorpusTest : public testing::TestWithParam<FuzzTarget> {};

TEST_P(CorpusTest, BreaksNoProperty) {
  const std::string path = "tests/exporters/fuzz/corpus/" + std::string(GetParam().name) + ".txt";
  const std::vector<std::string> inputs = ReadCorpus(path);
  ASSERT_GE(inputs.size(), 10U);
  for (const std::string& input : inputs) {
    GetParam().run(input);
    // Cut off anywhere, as by a client that goes away.
    GetParam().run(std::string_view(input).substr(0, input.size() / 2));
  }
}

INSTANTIATE_TEST_SUITE_P(AllTargets, CorpusTest, testing::ValuesIn(kFuzzTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace streamhouse::exporters
