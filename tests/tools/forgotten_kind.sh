#!/usr/bin/env bash
# Adds a kind of metric to copies of the headers, and expects each place that must know all kinds not to compile.
#
# Goal: no place can forget a kind (docs/adding_a_kind.md). Method: copies of the headers that list the kinds stand in
# a folder that the compiler searches first. Each place is then compiled without making code, and must fail for the new
# kind. Run by tools/test.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1

overlay=$(mktemp -d)
trap 'rm -rf "$overlay"' EXIT
problems=0
compiler=(g++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only -I "$overlay" -I . -x c++ -)

# patch HEADER SED_SCRIPT: changes the copy of a header; a script that changes nothing is a fault of this test.
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

# A kind of values without a description.
patch metrics_core/reading/metric_kind.h 's/^  kSummary,$/  kSummary,\n  kProbe,/'
patch metrics_core/reading/family_values.h 's/, SummaryValues>;$/, SummaryValues, ProbeValues>;/'
patch metrics_core/reading/family_values.h \
  's/^using FamilyValues =/struct ProbeValues {\n  static constexpr MetricKind kKind = MetricKind::kProbe;\n};\n&/'
refuses metrics_core/reading/family_values.h "metric_kind.h needs a row for each kind"

# A description that leaves a field out.
patch metrics_core/reading/metric_kind.h 's/^constexpr bool KindsStandInOrder/constexpr KindDescription kHalf = {.kind = MetricKind::kProbe};\n&/'
refuses metrics_core/reading/metric_kind.h "missing initializer for member .*protobuf_type"
patch metrics_core/reading/metric_kind.h '/^constexpr KindDescription kHalf/d'

# With a description, each place that visits values must learn the kind. The row is a copy of the summary's.
patch metrics_core/reading/metric_kind.h '/^    \/\/ Quantiles cannot be added up/,/^    },$/{H;/^    },$/{p;x;s/^\n//;s/kSummary,/kProbe,/}}'
compiles metrics_core/reading/snapshot.h || { echo "the headers with one more kind do not compile"; cat "$overlay/log"; exit 1; }
mapfile -t visitors < <(grep -rlE 'family\.Visit\(' --include=*.cc --include=*.h metrics_core exporters tests |
  grep -v -e family_values.h)
[ "${#visitors[@]}" -ge 6 ] || { echo "only ${#visitors[@]} places visit values"; problems=1; }
for place in metrics_core/reading/snapshot_builder.h "${visitors[@]}"; do refuses "$place" ProbeValues; done

# A kind of recording behind the last, without a row and with one. The row is a copy of the last one's.
recording_kinds=metrics_core/internal/recording_kind.h
patch $recording_kinds 's/^  kStateSet,$/&\n  kProbeCells,/'
refuses $recording_kinds "recording_kind.h needs a row for each kind of recording"
patch $recording_kinds '/{\.kind = RecordingKind::kStateSet,$/,/samples_exemplars/{H;/samples_exemplars/{p;x;s/^\n//;s/kStateSet,/kProbeCells,/}}'
compiles $recording_kinds || { echo "the header with one more kind of recording does not compile"; cat "$overlay/log"; exit 1; }
refuses metrics_core/internal/family_core.cc "kProbeCells.* not handled in switch"

[ "$problems" = 0 ] && echo "All of $((${#visitors[@]} + 5)) places refuse a kind that they do not know"
exit "$problems"
