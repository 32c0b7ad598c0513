#include "apps/top/table.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "apps/top/cell_text.h"

namespace streamhouse::apps {
namespace {

constexpr std::size_t kAddressWidth = 21;     // 255.255.255.255:65535
constexpr std::size_t kNoteWidth = 18;        // "Connection refused"
constexpr std::size_t kShortWidth = 8;        // of a text, where there is no room but for texts
constexpr std::size_t kGap = 2;               // between columns
constexpr std::size_t kCellColumnsMax = 200;  // also where there is room

TableCell Text(std::string_view text) {
  return {.text = text.empty() ? "-" : CutToColumns(Printable(text), kCellColumnsMax), .number = std::nullopt};
}

TableCell Count(const Figure& number) {
  return {.text = FormatCount(number), .number = number};
}

TableCell Bytes(const Figure& bytes) {
  return {.text = FormatBytes(bytes), .number = bytes};
}

TableCell Seconds(const Figure& seconds) {
  return {.text = FormatSeconds(seconds), .number = seconds};
}

TableCell Ratio(const Figure& ratio) {
  return {.text = FormatRatio(ratio), .number = ratio};
}

std::string_view WithoutPrefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string_view WithoutSuffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

constexpr std::string_view kOwnPrefix = "streamhouse_";

std::string_view LatencyName(std::string_view family) {
  return WithoutSuffix(WithoutSuffix(WithoutPrefix(family, kOwnPrefix), "_seconds"), "_duration");
}

std::string_view ErrorName(std::string_view counter) {
  return WithoutSuffix(WithoutPrefix(counter, kOwnPrefix), "_total");
}

std::string LabelsText(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += (text.empty() ? "" : " ") + name + "=" + value;
  return text;
}

std::string_view StateOf(const ProgramFigures& program) {
  if (!program.has_answered) return program.was_asked ? "no response" : "asking";
  if (program.readiness == Readiness::kUnknown) return "-";
  return program.readiness == Readiness::kReady ? "ready" : "not ready";
}

Table ProgramTable(const std::vector<ProgramFigures>& programs) {
  Table table;
  table.columns = {{"PROGRAM", Column::Kind::kText, 13, kAddressWidth},
                   {"STATE", Column::Kind::kText, 12},
                   {"WRITTEN/s", Column::Kind::kNumber, 9},
                   {"SENT/s", Column::Kind::kNumber, 8},
                   {"READ/s", Column::Kind::kNumber, 7},
                   {"LEASES", Column::Kind::kNumber, 10},
                   {"CPU", Column::Kind::kNumber, 5},
                   {"MEMORY", Column::Kind::kNumber, 4},
                   {"UP", Column::Kind::kNumber, 3},
                   {"CLIENTS", Column::Kind::kNumber, 2},
                   {"SCRAPE", Column::Kind::kNumber, 6},
                   {"SAMPLES", Column::Kind::kNumber, 1},
                   {"NOTE", Column::Kind::kText, 11, kNoteWidth}};
  for (const ProgramFigures& program : programs) {
    const bool is_alarming = program.was_asked && (!program.has_answered || program.readiness == Readiness::kNotReady);
    TableCell note = program.note.empty() ? TableCell() : Text(program.note);
    table.rows.push_back(
        {.cells = {Text(WithoutPrefix(program.url, "http://")), Text(StateOf(program)), Count(program.written),
                   Count(program.sent), Count(program.consumed), Count(program.leases), Ratio(program.cpu),
                   Bytes(program.memory_bytes), Seconds(program.uptime_seconds), Count(program.connections),
                   Seconds(program.scrape_seconds), Count(program.samples), std::move(note)},
         .is_alarming = is_alarming});
  }
  return table;
}

Table TopicTable(const std::vector<TopicFigures>& topics) {
  Table table;
  table.columns = {{"TOPIC", Column::Kind::kText, 9},    {"WRITTEN/s", Column::Kind::kNumber, 8},
                   {"SENT/s", Column::Kind::kNumber, 7}, {"SENT B/s", Column::Kind::kNumber, 5},
                   {"READ/s", Column::Kind::kNumber, 6}, {"READ B/s", Column::Kind::kNumber, 4}};
  for (const TopicFigures& topic : topics) {
    table.rows.push_back({.cells = {Text(topic.topic), Count(topic.written), Count(topic.sent), Bytes(topic.sent_bytes),
                                    Count(topic.consumed), Bytes(topic.consumed_bytes)}});
  }
  return table;
}

Table GroupTable(const std::vector<LagFigures>& groups) {
  Table table;
  table.columns = {{"GROUP", Column::Kind::kText, 9},        {"TOPIC", Column::Kind::kText, 8},
                   {"LAG", Column::Kind::kNumber, 7},        {"BEHIND", Column::Kind::kNumber, 6},
                   {"LAG BYTES", Column::Kind::kNumber, 3},  {"UNTIL LOSS", Column::Kind::kNumber, 4},
                   {"PARTITIONS", Column::Kind::kNumber, 2}, {"MEMBERS", Column::Kind::kNumber, 5}};
  for (const LagFigures& lag : groups) {
    table.rows.push_back(
        {.cells = {Text(lag.group), Text(lag.topic), Count(lag.records), Seconds(lag.seconds), Bytes(lag.bytes),
                   Seconds(lag.retention_seconds), Count(static_cast<double>(lag.partitions)), Count(lag.members)}});
  }
  return table;
}

Table LatencyTable(const std::vector<LatencyFigures>& latencies) {
  Table table;
  table.columns = {{"LATENCY", Column::Kind::kText, 9},      {"OF", Column::Kind::kText, 8},
                   {"PER SECOND", Column::Kind::kNumber, 4}, {"P50", Column::Kind::kNumber, 6},
                   {"P90", Column::Kind::kNumber, 5},        {"P99", Column::Kind::kNumber, 7}};
  for (const LatencyFigures& latency : latencies) {
    table.rows.push_back(
        {.cells = {Text(LatencyName(latency.family)), Text(LabelsText(latency.labels)), Count(latency.rate),
                   Seconds(latency.p50), Seconds(latency.p90), Seconds(latency.p99)}});
  }
  return table;
}

Table ErrorTable(const std::vector<ErrorFigures>& errors) {
  Table table;
  table.columns = {{"ERROR", Column::Kind::kText, 9},
                   {"OF", Column::Kind::kText, 8},
                   {"PER SECOND", Column::Kind::kNumber, 7},
                   {"TOTAL", Column::Kind::kNumber, 6}};
  for (const ErrorFigures& error : errors) {
    table.rows.push_back({.cells = {Text(ErrorName(error.counter)), Text(LabelsText(error.labels)), Count(error.rate),
                                    Count(error.total)}});
  }
  return table;
}

bool IsBefore(const TableCell& a, const TableCell& b, Column::Kind kind) {
  if (kind == Column::Kind::kText) return a.text < b.text;
  if (!a.number || !b.number) return a.number.has_value() && !b.number;
  return *a.number > *b.number;
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool Contains(std::string_view text, std::string_view words) {
  const auto same = [](char a, char b) { return Lower(a) == Lower(b); };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), same) != text.end();
}

std::string HeaderOf(const Table& table, std::size_t column) {
  return table.columns[column].name + (column == table.sorted_by ? "*" : "");
}

// A column that is shown.
struct Place {
  std::size_t column = 0;
  std::size_t width = 0;
};

// With the width that each column needs. A column of texts that are all empty is not shown.
std::vector<Place> AllPlaces(const Table& table) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::size_t width = 0;
    for (const Row& row : table.rows) width = std::max(width, Columns(row.cells[i].text));
    if (width == 0 && !table.rows.empty()) continue;
    places.push_back({.column = i, .width = std::max(width, HeaderOf(table, i).size())});
  }
  return places;
}

std::size_t WidthOf(const std::vector<Place>& places) {
  std::size_t width = places.empty() ? 0 : (places.size() - 1) * kGap;
  for (const Place& place : places) width += place.width;
  return width;
}

bool IsText(const Table& table, const Place& place) {
  return table.columns[place.column].kind == Column::Kind::kText;
}

// Takes columns off the widest text, of equal ones the last, until the places fit; false where that
// is not enough.
bool CutTexts(const Table& table, std::vector<Place>& places, std::size_t width) {
  const bool has_only_texts =
      std::all_of(places.begin(), places.end(), [&](const Place& place) { return IsText(table, place); });
  for (std::size_t needed = WidthOf(places); needed > width; --needed) {
    Place* widest = nullptr;
    for (Place& place : places) {
      const std::size_t width_min =
          has_only_texts && place.column != 0 ? kShortWidth : table.columns[place.column].text_width_min;
      const bool can_shrink = IsText(table, place) && place.width > width_min;
      if (can_shrink && (widest == nullptr || place.width >= widest->width)) widest = &place;
    }
    if (widest == nullptr) return false;
    --widest->width;
  }
  return true;
}

std::vector<Place> PlacesWithin(const Table& table, std::size_t width) {
  std::vector<Place> all = AllPlaces(table);
  while (true) {
    std::vector<Place> places = all;
    if (CutTexts(table, places, width)) return places;
    if (all.size() == 1) return {{.column = all.front().column, .width = width}};
    all.erase(std::min_element(all.begin(), all.end(), [&](const Place& a, const Place& b) {
      return table.columns[a.column].importance < table.columns[b.column].importance;
    }));
  }
}

void AppendPadded(std::string_view text, const Place& place, Column::Kind kind, std::string& line) {
  const std::string cut = CutToColumns(text, place.width);
  const std::string padding(place.width - Columns(cut), ' ');
  line += kind == Column::Kind::kText ? cut + padding : padding + cut;
}

template <typename TextOf>
std::string Line(const Table& table, const std::vector<Place>& places, const TextOf& text_of) {
  std::string line;
  for (const Place& place : places) {
    if (!line.empty()) line.append(kGap, ' ');
    AppendPadded(text_of(place.column), place, table.columns[place.column].kind, line);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<Table> TablesOf(const Figures& figures) {
  std::vector<Table> tables = {ProgramTable(figures.programs), TopicTable(figures.topics), GroupTable(figures.groups),
                               LatencyTable(figures.latencies), ErrorTable(figures.errors)};
  tables[0].sorted_by = tables[0].columns.size();  // the order of the command line
  static constexpr std::size_t kUsual[] = {0, 1, 2, 2, 2};
  for (std::size_t i = 1; i < tables.size(); ++i) SortTable(tables[i], kUsual[i]);
  return tables;
}

void SortTable(Table& table, std::size_t column) {
  table.sorted_by = column;
  if (column >= table.columns.size()) return;
  const Column::Kind kind = table.columns[column].kind;
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [&](const Row& a, const Row& b) { return IsBefore(a.cells[column], b.cells[column], kind); });
}

void FilterTable(Table& table, std::string_view words) {
  std::erase_if(table.rows, [&](const Row& row) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (table.columns[i].kind == Column::Kind::kText && Contains(row.cells[i].text, words)) return false;
    }
    return true;
  });
}

std::vector<std::string> FormatTable(const Table& table, std::size_t width) {
  const std::vector<Place> places = PlacesWithin(table, width);
  std::vector<std::string> lines = {Line(table, places, [&](std::size_t column) { return HeaderOf(table, column); })};
  for (const Row& row : table.rows) {
    lines.push_back(Line(table, places, [&](std::size_t column) { return row.cells[column].text; }));
  }
  return lines;
}

}  // namespace streamhouse::apps
