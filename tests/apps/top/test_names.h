// TestNames: stands in for the system's look-up of names that end with ".test" (getaddrinfo()).
//
//   slow*.test   has no response before Release()
//   lost*.test   is not known
//   *.test       127.0.0.1
//
// Guarantees: other names are looked up by the system.
// Thread safety: any thread; one object at a time.
#pragma once

#include <string>

namespace streamhouse {

class TestNames {
 public:
  TestNames();
  ~TestNames();
  TestNames(const TestNames&) = delete;
  TestNames& operator=(const TestNames&) = delete;

  // All that wait for a slow name get their response.
  void Release();

  // How often the name has been looked up.
  int Asked(const std::string& name) const;
};

}  // namespace streamhouse
