#include "apps/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace streamhouse::apps {
namespace {

using metrics::StatusCode;
using testing::ExitedWithCode;

// A line goes to a stdout that takes nothing.
[[noreturn]] void PrintOntoAFullDisk() {
  if (std::freopen("/dev/full", "w", stdout) == nullptr) std::exit(2);
  const metrics::Status printed = PrintLine("a result");
  PrintNotice(printed.message());
  std::exit(printed.code() == StatusCode::kUnavailable ? 0 : 1);
}

[[noreturn]] void OpenAFileWithStdoutClosed() {
  close(STDOUT_FILENO);
  OpenStandardStreams();
  std::exit(open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 1);
}

TEST(OutputTest, AFullDiskIsAnErrorWithItsReason) {
  EXPECT_EXIT(PrintOntoAFullDisk(), ExitedWithCode(0), "cannot write to standard output: No space left on device\n");
}

TEST(OutputTest, TheNextFileIsNotAStreamThatWasClosed) {
  EXPECT_EXIT(OpenAFileWithStdoutClosed(), ExitedWithCode(0), "");
}

TEST(OutputTest, ALineThatWasPrintedHasLeftTheProcess) {
  testing::internal::CaptureStdout();
  WriteLine("first");
  EXPECT_TRUE(PrintLine("second").ok());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "first\nsecond\n");
}

}  // namespace
}  // namespace streamhouse::apps
