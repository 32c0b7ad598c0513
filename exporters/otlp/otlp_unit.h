// OtlpUnit(): the unit of a family as OTLP wants it, in UCUM: By for bytes.
//
// When to use something else: FamilyInfo::unit is the word that pages show.
// Guarantees: names go out as they are registered, with unit and "_total"
// (docs/decisions/otlp_names.md). So a unit is chosen such that a receiver that adds units to names
// adds none:
// 1. A word of OpenTelemetry's table becomes its UCUM code: seconds s, bytes By, ratio 1.
// 2. kilobytes and tebibytes stay words: receivers spell their codes in other ways.
// 3. A word with an underscore, such as bytes_per_second, stands in braces, as an annotation.
//    Prometheus would add it to the name a second time.
// 4. Any other word stays as it is: records.
// Thread safety: a pure function.
// Cost: a walk through a table, for each family and request.
#pragma once

#include <string>
#include <string_view>

namespace streamhouse::exporters {

std::string OtlpUnit(std::string_view word);

}  // namespace streamhouse::exporters
