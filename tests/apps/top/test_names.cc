#include "tests/apps/top/test_names.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>

namespace streamhouse {
namespace {

using LookUpFunction = int(const char*, const char*, const addrinfo*, addrinfo**);

std::mutex mutex;  // guards all below
std::condition_variable released;
bool are_slow_answered = true;
std::map<std::string, int> asked;

// The name whose addresses are given; empty where there are none.
std::string NameFor(const std::string& name) {
  if (!name.ends_with(".test")) return name;
  std::unique_lock lock(mutex);
  ++asked[name];
  if (name.starts_with("slow")) released.wait(lock, [] { return are_slow_answered; });
  return name.starts_with("lost") ? "" : "127.0.0.1";
}

}  // namespace

TestNames::TestNames() {
  const std::lock_guard lock(mutex);
  are_slow_answered = false;
  asked.clear();
}

TestNames::~TestNames() {
  Release();
}

void TestNames::Release() {
  const std::lock_guard lock(mutex);
  are_slow_answered = true;
  released.notify_all();
}

int TestNames::Asked(const std::string& name) const {
  const std::lock_guard lock(mutex);
  return asked[name];
}

}  // namespace streamhouse

// The program's symbol comes before that of the C library, to which it passes the call.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  static const auto look_up = reinterpret_cast<streamhouse::LookUpFunction*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr) return look_up(name, service, hints, found);
  const std::string known = streamhouse::NameFor(name);
  return known.empty() ? EAI_NONAME : look_up(known.c_str(), service, hints, found);
}
