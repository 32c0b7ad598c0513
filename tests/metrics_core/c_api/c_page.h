// c_page: everything that a registry exports, as page.h gives it, for tests in C.
//
// Thread safety: any thread; the text is the calling thread's, until its next call.
#pragma once

#include "metrics_core/c_api/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

const char* c_page(streamhouse_registry* registry);

#ifdef __cplusplus
}
#endif
