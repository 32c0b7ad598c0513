#include "agent/log/crc32.h"

#include <libdeflate.h>

#include <array>
#include <cstddef>

namespace streamhouse::agent {
namespace {

// A checksum is a polynomial over GF(2) modulo kPolynomial, its highest bit the coefficient of x^0.
constexpr std::uint32_t kPolynomial = 0xEDB88320;
constexpr std::uint32_t kOne = 0x80000000;
constexpr std::uint32_t kX = kOne >> 1;

// Has no branches: a processor cannot predict the bits of a checksum.
constexpr std::uint32_t Times(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (int shift = 31; shift >= 0; --shift) {
    product ^= b & (0 - ((a >> shift) & 1));
    b = (b >> 1) ^ (kPolynomial & (0 - (b & 1)));  // times x
  }
  return product;
}

// x^(2^i), by i.
constexpr std::array<std::uint32_t, 64> kSquares = [] {
  std::array<std::uint32_t, 64> squares = {};
  std::uint32_t square = kX;
  for (std::uint32_t& entry : squares) {
    entry = square;
    square = Times(square, square);
  }
  return squares;
}();

// x^(8 * bytes): the factor of a checksum for so many bytes of zeros behind. Lengths of 2^61 bytes
// and more do not occur.
std::uint32_t ShiftBy(std::uint64_t bytes) {
  std::uint32_t shift = kOne;
  for (std::size_t i = 3; bytes != 0 && i < kSquares.size(); ++i, bytes >>= 1) {
    if ((bytes & 1) != 0) shift = Times(kSquares[i], shift);
  }
  return shift;
}

}  // namespace

std::uint32_t ExtendCrc32(std::uint32_t checksum, std::string_view more) {
  return ::libdeflate_crc32(checksum, more.data(), more.size());
}

std::uint32_t Crc32OfEnd(std::uint32_t before, std::uint32_t all, std::uint64_t end_bytes) {
  return all ^ Times(ShiftBy(end_bytes), before);
}

}  // namespace streamhouse::agent
