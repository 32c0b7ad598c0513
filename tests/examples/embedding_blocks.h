// The blocks of code of docs/embedding.md, as functions that page_blocks.py makes.
//
// Thread safety: one thread a registry.
#pragma once

#include "metrics_core/c_api.h"

#ifdef __cplusplus
#include <vector>

#include "metrics_core/registry.h"

extern const std::vector<void (*)(streamhouse::metrics::Registry&)> blocks_in_cpp;
extern "C" {
#endif

// Ends with a null pointer.
extern void (*const blocks_in_c[])(streamhouse_registry*);

#ifdef __cplusplus
}
#endif
