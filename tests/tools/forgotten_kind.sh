#!/usr/bin/env bash
# Adds a kind of metric to copies of the headers, and expects each place that must know all kinds
# not to compile.
#
# Goal: no place can forget a kind (docs/adding_a_kind.md). Method: copies of the headers that list
# the kinds stand in a folder that the compiler searches first. Each place is then compiled without
# making code, and must fail for the new kind. Run by tools/test.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1

overlay=$(mktemp -d)
trap 'rm -rf "$overlay"' EXIT
problems=0
compiler=(g++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I "$overlay" -I . -x c++ -)

# patch HEADER SED_SCRIPT: changes the copy of a header; a script that changes nothing is a fault of
# this test.
patch() {
  mkdir -p "$overlay/$(dirname "$1")"
  [ -e "$overlay/$1" ] || cp "$1" "$overlay/$1"
  sed -i.before "$2" "$overlay/$1"
  if cmp -s "$overlay/$1" "$overlay/$1.before"; then
    echo "$1 is not written as this test expects it: $2 finds nothing"
    exit 1
  fi
}

# compiles PLACE: without making code.
compiles() {
  "${compiler[@]}" <<<"#include <$1>" >"$overlay/log" 2>&1
}

# refuses PLACE WORD: whether the place does not compile, with the word among the errors.
refuses() {
  if compiles "$1"; then
    echo "$1 forgets a kind: it compiles"
  elif ! grep -q "$2" "$overlay/log"; then
    echo "$1 does not compile, but for another reason than \"$2\":"
    head -5 "$overlay/log"
  else
    return
  fi
  problems=1
}

# copy_last_row HEADER TYPE NAME: puts a copy of the last row of TYPE behind it, for the kind NAME.
copy_last_row() {
  awk -v begin="^    $2[{]" -v kind="::$3," '
    $0 ~ begin { row = ""; is_in_row = 1 }
    is_in_row { row = row $0 "\n" }
    /},$/ { is_in_row = 0 }
    /^};/ && row != "" { sub(/::k[A-Za-z]*,/, kind, row); printf "%s", row; row = "" }
    { print }' "$overlay/$1" >"$overlay/copied"
  cmp -s "$overlay/copied" "$overlay/$1" && { echo "$1 has no row of $2"; exit 1; }
  mv "$overlay/copied" "$overlay/$1"
}

# A kind of values without a description, behind the last one.
patch metrics_core/reading/metric_kind.h '/^enum class MetricKind /,/^};/s/^};/  kProbe,\n};/'
patch metrics_core/reading/family_values.h '/^using FamilyValues =/,/>;$/s/>;$/, ProbeValues>;/'
patch metrics_core/reading/family_values.h \
  's/^using FamilyValues =/struct ProbeValues {\n  static constexpr MetricKind kKind = MetricKind::kProbe;\n};\n&/'
refuses metrics_core/reading/family_values.h "metric_kind.h needs a row for each kind"

# A description that leaves a field out.
patch metrics_core/reading/metric_kind.h 's/^constexpr bool KindsStandInOrder/constexpr KindDescription kHalf = {.kind = MetricKind::kProbe};\n&/'
refuses metrics_core/reading/metric_kind.h "missing initializer for member .*protobuf_type"
patch metrics_core/reading/metric_kind.h '/^constexpr KindDescription kHalf/d'

# With a description, each place that visits values must learn the kind. The row is a copy of the
# last one.
copy_last_row metrics_core/reading/metric_kind.h KindDescription kProbe
compiles metrics_core/reading/snapshot.h || { echo "the headers with one more kind do not compile"; cat "$overlay/log"; exit 1; }
mapfile -t visitors < <(grep -rlE 'family\.Visit\(' --include=*.cc --include=*.h metrics_core exporters tests |
  grep -v -e family_values.h)
[ "${#visitors[@]}" -ge 6 ] || { echo "only ${#visitors[@]} places visit values"; problems=1; }
for place in metrics_core/reading/snapshot_builder.h "${visitors[@]}"; do refuses "$place" ProbeValues; done

# A kind of recording behind the last one, without a row and with one. The row is a copy of the last
# one.
recording_kinds=metrics_core/internal/recording_kind.h
patch $recording_kinds '/^enum class RecordingKind /,/^};/s/^  kEnd,/  kProbeCells,\n&/'
refuses $recording_kinds "recording_kind.h needs a row for each kind of recording"
copy_last_row $recording_kinds RecordingDescription kProbeCells
compiles $recording_kinds || { echo "the header with one more kind of recording does not compile"; cat "$overlay/log"; exit 1; }
refuses metrics_core/internal/family_core.cc "kProbeCells.* not handled in switch"
refuses metrics_core/internal/callback_core.cc "kProbe.* not handled in switch"

[ "$problems" = 0 ] && echo "All of $((${#visitors[@]} + 6)) places refuse a kind that they do not know"
exit "$problems"
