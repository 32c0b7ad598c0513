// Ends a compilation for a language before C++20 with an error that says what to do.
//
// When to use something else: version.h says which release of this library a program has.
// Guarantees: the error comes before those of headers that use C++20.
// Thread safety: nothing to share.
// Cost: none.
#pragma once

#if __cplusplus < 202002L
#error "streamhouse needs C++20. Compile with -std=c++20; for Bazel: build --cxxopt=-std=c++20 in .bazelrc"
#endif
