#include "apps/top/screen_layout.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/top/cell_text.h"

namespace streamhouse::apps {
namespace {

constexpr std::size_t kFilterBytesMax = 100;
constexpr std::size_t kPrograms = 0;  // the panel

// The lines of a table with its header; a table without rows needs none.
std::size_t LinesOf(const Table& table) {
  return table.rows.empty() ? 0 : table.rows.size() + 1;
}

}  // namespace

std::string Headline(const Figures& figures) {
  const auto answering = std::count_if(figures.programs.begin(), figures.programs.end(),
                                       [](const ProgramFigures& program) { return program.has_answered; });
  const std::string rates =
      figures.seconds ? fmt::format("rates over {:.1f} s", *figures.seconds) : std::string("no rates yet");
  return fmt::format("{} of {} programs answer; {}", answering, figures.programs.size(), rates);
}

ScreenLayout::Action ScreenLayout::Press(const Key& key) {
  if (is_filter_edited_) {
    PressInFilter(key);
    return Action::kGoOn;
  }
  Panel& panel = panels_[focus_];
  const std::size_t page = std::max<std::size_t>(panel.lines, 2) - 1;
  switch (key.kind) {
    case Key::Kind::kCharacter:
      return PressCharacter(key.character);
    case Key::Kind::kUp:
      panel.first_row -= std::min<std::size_t>(panel.first_row, 1);
      break;
    case Key::Kind::kDown:
      panel.first_row += 1;
      break;
    case Key::Kind::kPageUp:
      panel.first_row -= std::min(panel.first_row, page);
      break;
    case Key::Kind::kPageDown:
      panel.first_row += page;
      break;
    case Key::Kind::kNext:
      focus_ = (focus_ + 1) % kPanels;
      break;
    case Key::Kind::kPrevious:
      focus_ = (focus_ + kPanels - 1) % kPanels;
      break;
    case Key::Kind::kEscape:
      filter_.clear();
      break;
    case Key::Kind::kEnter:
    case Key::Kind::kErase:
    case Key::Kind::kOther:
      break;
  }
  return Action::kGoOn;
}

ScreenLayout::Action ScreenLayout::PressCharacter(char character) {
  if (character == 'q' || character == 'Q') return Action::kQuit;
  if (character == 'p' || character == ' ') is_paused_ = !is_paused_;
  if (character == 's') ++panels_[focus_].sort_steps;
  if (character == '/') is_filter_edited_ = true;
  return Action::kGoOn;
}

void ScreenLayout::PressInFilter(const Key& key) {
  if (key.kind == Key::Kind::kCharacter && filter_.size() < kFilterBytesMax) filter_ += key.character;
  if (key.kind == Key::Kind::kErase && !filter_.empty()) filter_.pop_back();
  if (key.kind == Key::Kind::kEscape) filter_.clear();
  if (key.kind == Key::Kind::kEscape || key.kind == Key::Kind::kEnter) is_filter_edited_ = false;
}

std::string ScreenLayout::TitleLine(const Figures& figures) const {
  std::string line = is_paused_ ? "PAUSED; " + Headline(figures) : Headline(figures);
  if (!filter_.empty() && !is_filter_edited_) line += "; only what has \"" + Printable(filter_) + "\"";
  return line;
}

std::string ScreenLayout::HelpLine(const Table& focused) const {
  if (is_filter_edited_) return "Filter: " + Printable(filter_) + "_   Enter: keep  Esc: show all";
  const Panel& panel = panels_[focus_];
  const std::size_t shown = panel.lines < 2 ? 0 : std::min(panel.lines - 1, focused.rows.size() - panel.first_row);
  const std::string sort = focused.sorted_by < focused.columns.size() ? focused.columns[focused.sorted_by].name
                                                                      : std::string("address given");
  const std::string rows = shown == 0 ? "none" : fmt::format("{}-{}", panel.first_row + 1, panel.first_row + shown);
  return fmt::format("q quit  p pause  s sort  / filter  Tab next  {} {} of {} by {}", focused.columns[0].name, rows,
                     focused.rows.size(), sort);
}

// The programs and the panel in focus come first, then each other panel gets a few lines, then
// the panels that need more.
void ScreenLayout::ShareLines(const std::vector<Table>& tables, std::size_t height) {
  constexpr std::size_t kFewLines = 3;
  std::size_t left = height;
  const auto raise = [&](std::size_t panel, std::size_t lines_max) {
    const std::size_t needed =
        panel == focus_ ? std::max<std::size_t>(LinesOf(tables[panel]), 1) : LinesOf(tables[panel]);
    const std::size_t wanted = std::min(needed, lines_max);
    std::size_t& lines = panels_[panel].lines;
    if (wanted <= lines) return;
    const std::size_t added = std::min(wanted - lines, left);
    // A header alone says nothing.
    if (lines + added < std::min<std::size_t>(needed, 2)) return;
    lines += added;
    left -= added;
  };
  for (Panel& panel : panels_) panel.lines = 0;
  if (height >= 2 * kFewLines || focus_ == kPrograms) raise(kPrograms, std::max<std::size_t>(2, height / 3));
  raise(focus_, std::max(kFewLines, left / 2));
  for (std::size_t i = 0; i < kPanels; ++i) raise(i, kFewLines);
  raise(focus_, height);
  for (std::size_t i = 0; i < kPanels; ++i) raise(i, height);
}

void ScreenLayout::AppendPanel(std::size_t index, const Table& table, std::size_t width,
                               std::vector<ScreenLine>& lines) {
  Panel& panel = panels_[index];
  if (panel.lines == 0) return;
  const std::size_t rows_shown = panel.lines - 1;
  panel.first_row = std::min(panel.first_row, table.rows.size() - std::min(rows_shown, table.rows.size()));
  const std::vector<std::string> texts = FormatTable(table, width);
  const bool is_focus = index == focus_;
  lines.push_back({texts[0], is_focus ? ScreenLine::Emphasis::kFocus : ScreenLine::Emphasis::kHeader});
  for (std::size_t i = 0; i < rows_shown && panel.first_row + i < table.rows.size(); ++i) {
    const std::size_t row = panel.first_row + i;
    const bool is_alarming = table.rows[row].is_alarming;
    lines.push_back({texts[row + 1], is_alarming ? ScreenLine::Emphasis::kAlarm : ScreenLine::Emphasis::kPlain});
  }
}

std::vector<ScreenLine> ScreenLayout::Compose(const Figures& figures, const ScreenSize& size) {
  std::vector<Table> tables = TablesOf(figures);
  for (std::size_t i = 0; i < kPanels; ++i) {
    if (i != kPrograms && !filter_.empty()) FilterTable(tables[i], filter_);
    // One step more than there are columns: the order of the programs as they were given.
    const std::size_t orders = tables[i].columns.size() + (i == kPrograms ? 1 : 0);
    SortTable(tables[i], (tables[i].sorted_by + panels_[i].sort_steps) % orders);
  }
  std::vector<ScreenLine> lines;
  lines.push_back({CutToColumns(TitleLine(figures), size.width), ScreenLine::Emphasis::kTitle});
  if (size.height < 2) return lines;
  const std::size_t width = std::max(size.width, kTableWidthMin);
  ShareLines(tables, size.height - 2);
  for (std::size_t i = 0; i < kPanels; ++i) AppendPanel(i, tables[i], width, lines);
  for (ScreenLine& line : lines) line.text = CutToColumns(line.text, size.width);
  lines.resize(size.height - 1);
  lines.push_back({CutToColumns(HelpLine(tables[focus_]), size.width), ScreenLine::Emphasis::kHelp});
  return lines;
}

}  // namespace streamhouse::apps
