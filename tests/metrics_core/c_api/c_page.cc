#include "tests/metrics_core/c_api/c_page.h"

#include <string>

#include "metrics_core/c_api/bridge.h"
#include "tests/metrics_core/page.h"

const char* c_page(streamhouse_registry* registry) {
  static thread_local std::string page;
  page = streamhouse::metrics::Page(streamhouse::metrics::RegistryOf(*registry));
  return page.c_str();
}
