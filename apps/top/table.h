// Table: figures as columns of text, and how they fit a width.
//
// Guarantees:
// 1. Every cell is printable (cell_text.h), for any page.
// 2. FormatTable() makes no line of more columns than `width`, where it is at least kTableWidthMin.
// Thread safety: values and pure functions.
// Cost: linear in the cells; SortTable() sorts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/top/figures.h"

namespace streamhouse::apps {

inline constexpr std::size_t kTableWidthMin = 12;
inline constexpr std::size_t kAnyWidth = static_cast<std::size_t>(-1);

struct Column {
  enum class Kind : std::uint8_t { kText, kNumber };

  std::string name;
  Kind kind = Kind::kNumber;
  int importance = 0;               // the least important goes first where there is no room
  std::size_t text_width_min = 12;  // a longer text is cut to that, but not further, before a column goes
};

struct TableCell {
  std::string text;
  Figure number;  // what a column of numbers is sorted by
};

struct Row {
  std::vector<TableCell> cells;
  bool is_alarming = false;
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::size_t sorted_by = 0;
};

// Programs, topics, groups, latencies, errors; each sorted in its usual way.
std::vector<Table> TablesOf(const Figures& figures);

// Texts rise; numbers fall, and unknown numbers stand last.
void SortTable(Table& table, std::size_t column);

// Keeps the rows with a text that contains `words`. Letters of ASCII match in either case.
void FilterTable(Table& table, std::string_view words);

// The header first. Without room, texts are cut, and then columns left out. The column that sorts
// is marked with '*'.
std::vector<std::string> FormatTable(const Table& table, std::size_t width);

}  // namespace streamhouse::apps
