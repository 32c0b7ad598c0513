#include "exporters/remote_write/series_match.h"

#include <algorithm>
#include <bit>

#include "exporters/encoding/short_text.h"
#include "exporters/remote_write/hash_seed.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

// How many series of the family are searched for a kept one, after `misses` others in a row were
// not found. When a run of misses has doubled, one search goes twice as far as the run is long. So
// many new series at one place are passed over, and all searches stay linear in the misses.
std::size_t SearchedAfter(std::size_t misses) {
  constexpr std::size_t kUsual = 16;
  return std::has_single_bit(misses) ? kUsual + 2 * misses : kUsual;
}

}  // namespace

SeriesMatch::SeriesMatch(const KeptTexts& kept, const FamilySnapshot& family)
    : family_(family), seed_(HashSeed()), unmatched_(kept.size()) {
  const std::vector<bool> left_over = Match(kept);
  if (!HasAll()) MakeTable(left_over);
}

std::vector<bool> SeriesMatch::Match(const KeptTexts& kept) {
  std::vector<bool> left_over(family_.size());
  std::size_t next = 0;    // of the family
  std::size_t misses = 0;  // since the last match
  KeptTexts::Reader reader(kept);
  for (std::size_t series = 0; reader.Next(); ++series) {
    const std::size_t end = std::min(family_.size(), next + SearchedAfter(misses));
    std::size_t found = next;
    while (found < end && family_.label_text(found) != reader.text()) ++found;
    if (found == end) {
      unmatched_[series] = true;
      ++unmatched_count_;
      ++misses;
      continue;
    }
    while (next < found) left_over[next++] = true;
    ++next;
    misses = 0;
  }
  while (next < family_.size()) left_over[next++] = true;
  return left_over;
}

void SeriesMatch::MakeTable(const std::vector<bool>& left_over) {
  left_over_ = static_cast<std::size_t>(std::count(left_over.begin(), left_over.end(), true));
  places_.assign(std::bit_ceil(left_over_ + left_over_ / 2 + 1), kFree);
  for (std::size_t place = 0; place < left_over.size(); ++place) {
    if (!left_over[place]) continue;
    std::size_t i = Begin(family_.label_text(place));
    while (places_[i] != kFree) i = (i + 1) & (places_.size() - 1);
    places_[i] = static_cast<std::uint32_t>(place);
  }
}

bool SeriesMatch::IsLeftOver(std::string_view text) const {
  for (std::size_t i = Begin(text); places_[i] != kFree; i = (i + 1) & (places_.size() - 1)) {
    if (family_.label_text(places_[i]) == text) return true;
  }
  return false;
}

std::size_t SeriesMatch::Begin(std::string_view text) const {
  return MixWord(WordOf(text, seed_) ^ seed_ ^ text.size()) & (places_.size() - 1);
}

}  // namespace streamhouse::exporters
