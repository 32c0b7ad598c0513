#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/c_cases.h"

namespace {

class Case : public testing::Test {
 public:
  explicit Case(void (*run)()) : run_(run) {}
  void TestBody() override { run_(); }

 private:
  void (*const run_)();
};

void Register(const c_case& one) {
  testing::RegisterTest(c_suite, one.name, nullptr, nullptr, __FILE__, __LINE__,
                        [run = one.run]() -> testing::Test* { return new Case(run); });
}

}  // namespace

void c_expect(int is_true, const char* condition, const char* file, int line) {
  if (is_true == 0) ADD_FAILURE_AT(file, line) << condition;
}

void c_expect_number(double actual, double expected, const char* what, const char* file, int line) {
  if (actual != expected) ADD_FAILURE_AT(file, line) << what << " is " << actual << ", not " << expected;
}

void c_expect_text(const char* actual, const char* expected, const char* what, const char* file, int line) {
  if (std::string_view(actual) != expected) {
    ADD_FAILURE_AT(file, line) << what << " is\n" << actual << "\nand not\n" << expected;
  }
}

void c_expect_part(const char* text, const char* part, const char* what, const char* file, int line) {
  if (std::string_view(text).find(part) == std::string_view::npos) {
    ADD_FAILURE_AT(file, line) << what << " has no \"" << part << "\": " << text;
  }
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const c_case* one = c_cases; one->name != nullptr; ++one) Register(*one);
  return RUN_ALL_TESTS();
}
