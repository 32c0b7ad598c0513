// Reads, writes and damages files behind the agent's back.
//
// When to use something else: agent/log/file_system.h in everything but tests.
// Thread safety: none.
// Errors: abort.
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::agent {

inline std::string ReadRawFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  metrics::Check(file.good(), "no file " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteRawFile(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  metrics::Check(file.good(), "cannot write " + path);
}

inline void AppendToRawFile(const std::string& path, std::string_view bytes) {
  WriteRawFile(path, ReadRawFile(path).append(bytes));
}

inline void FlipBit(const std::string& path, std::size_t position) {
  std::string bytes = ReadRawFile(path);
  metrics::Check(position < bytes.size(), "no such byte in " + path);
  bytes[position] = static_cast<char>(bytes[position] ^ 1);
  WriteRawFile(path, bytes);
}

}  // namespace streamhouse::agent
