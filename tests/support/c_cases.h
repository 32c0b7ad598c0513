// c_case: a test case that is written in C, for code whose users are C programs.
//
// A file of cases is compiled as C. It defines c_suite and c_cases; c_cases_main.cc registers each
// with GoogleTest, which runs, counts and reports them.
// When to use something else: GoogleTest itself, in C++.
// Guarantees: a failed expectation fails its case and goes on with it.
// Thread safety: expectations may be checked on any thread.
//
//   C_TEST(AddsUp) { C_EXPECT_NUMBER(1 + 1, 2); }
//   const char c_suite[] = "SumTest";
//   const c_case c_cases[] = {C_CASE(AddsUp), C_NO_CASE};
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct c_case {
  const char* name;  // null behind the last
  void (*run)(void);
} c_case;

extern const char c_suite[];
extern const c_case c_cases[];

void c_expect(int is_true, const char* condition, const char* file, int line);
void c_expect_number(double actual, double expected, const char* what, const char* file, int line);
void c_expect_text(const char* actual, const char* expected, const char* what, const char* file, int line);
// Whether `part` stands in `text`.
void c_expect_part(const char* text, const char* part, const char* what, const char* file, int line);

// A case that no list names is an unused function, which the compiler refuses.
#define C_TEST(name) static void name(void)
#define C_CASE(name) \
  { #name, name }
#define C_NO_CASE \
  { 0, 0 }

#define C_EXPECT(condition) c_expect((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define C_EXPECT_NUMBER(actual, expected) \
  c_expect_number((double)(actual), (double)(expected), #actual, __FILE__, __LINE__)
#define C_EXPECT_TEXT(actual, expected) c_expect_text((actual), (expected), #actual, __FILE__, __LINE__)
#define C_EXPECT_PART(text, part) c_expect_part((text), (part), #text, __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif
