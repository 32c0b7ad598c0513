// streamhouse_registry and all else of the C API (C11, GCC or clang): metrics of a program in C.
//
// c_api/registry.h    registries, families of every kind, label values to handles, look-ups
// c_api/recording.h   recording through handles, inlined
// c_api/callbacks.h   values that the program is asked for at each scrape
// c_api/health.h      checks that say whether the program is ready
// c_api/status.h      errors: a code, and a message that is never freed
// c_api/abi.h         the layout that inlined recordings rely on; no part of it is called
// When to use something else: C++ programs use registry.h. exporters/c_api.h brings the metrics out
// of the process. bridge.h gives a C++ part of the program the registry of a C part.
// Guarantees:
// 1. Symbols of the library that begin with streamhouse_ are those of symbols.txt, and no others.
// 2. Functions and structs stay as docs/compatibility.md says. Option structs grow at their end,
//    and carry their size.
// 3. No C++ exception leaves a function: each is noexcept in C++. Two things end the program: a
//    lack of memory, and a broken contract.
// Thread safety: each header says it. In short: all calls from any thread, but for freeing.
// Cost: a recording costs what it costs in C++.
//
// A program links the library, the C++ standard library and libm: `c++` links both, or
// `cc … -lstdc++ -lm`. `pkg-config --static --libs streamhouse_core` names all of them.
#pragma once

#include "metrics_core/c_api/callbacks.h"
#include "metrics_core/c_api/health.h"
#include "metrics_core/c_api/recording.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/c_api/status.h"
