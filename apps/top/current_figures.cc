#include "apps/top/current_figures.h"

#include <algorithm>
#include <utility>

namespace streamhouse::apps {

void CurrentFigures::Add(std::string url) {
  programs_.emplace_back().url = std::move(url);
  figures_.reset();
}

void CurrentFigures::Take(std::size_t index, metrics::Result<Reading> reading) {
  Program& program = programs_[index];
  program.was_asked = true;
  program.last_outcome = reading.status();
  if (reading.ok()) {
    program.before = std::move(program.now);
    program.now = *std::move(reading);
  }
  figures_.reset();
}

bool CurrentFigures::HasResponse() const {
  return std::any_of(programs_.begin(), programs_.end(),
                     [](const Program& program) { return program.was_asked && program.last_outcome.ok(); });
}

const Figures& CurrentFigures::Get(double unix_seconds) {
  if (!figures_) figures_ = FiguresOf(programs_, unix_seconds);
  return *figures_;
}

}  // namespace streamhouse::apps
