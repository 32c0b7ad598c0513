// Certificates for tests, signed by themselves, below TEST_TMPDIR.
#pragma once

#include <string>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {

struct Certificate {
  std::string file;
  std::string key_file;
};

// For "localhost"; replaces one of the same name.
inline Certificate MakeCertificate(const std::string& name) {
  const Certificate made = {.file = TemporaryPath(name + ".crt"), .key_file = TemporaryPath(name + ".key")};
  const std::string key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout " + made.key_file;
  const std::string subject = "-subj /CN=" + name + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
  RunCommand("openssl req -x509 " + key + " -days 2 " + subject + " -out " + made.file);
  return made;
}

}  // namespace streamhouse::exporters
