#!/usr/bin/env bash
# Declares each forbidden edge of the design in a package of its own, and expects Bazel to refuse
# it.
#
# Goal: visibility, not review, keeps the layers apart. Method: the packages lie in a folder outside
# the checkout which Bazel searches as a second root, so that no forbidden edge ever stands in the
# tree. Analysis only; run by tools/test, because a test inside Bazel cannot call Bazel.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1

# From, and what it must not reach, by the table of who may use whom.
mapfile -t edges < <(PYTHONPATH=tools /usr/bin/python3 - <<'TABLE'
from tidy_rules import layering

libraries = sorted(layering.MAY_USE_THIRD_PARTY)
for user in libraries:
    for used in libraries:
        if used not in layering.MAY_USE[user]:
            print(user, f"//{used}/...")
    if user != "metrics_core":
        print(user, "//metrics_core/internal/...")
TABLE
)
[ "${#edges[@]}" -gt 0 ] || exit 1

overlay=$(mktemp -d)
trap 'rm -rf "$overlay"' EXIT
quiet=(--color=no --curses=no --noshow_progress)
probes=()
problems=0
for edge in "${edges[@]}"; do
  read -r from closed <<<"$edge"
  probe="$from/forbidden_edge_${#probes[@]}"
  # A library that outsiders may link is public, and Bazel never refuses it. Only tools/tidy.py
  # checks those edges.
  public="attr(visibility, '//visibility:public', $closed)"
  mapfile -t libraries < <(bazel query "${quiet[@]}" "kind(cc_library, $closed) except $public" 2>/dev/null)
  if [ "${#libraries[@]}" = 0 ]; then
    echo "$closed has no libraries: the edge from $from cannot be tried"
    problems=1
    continue
  fi
  mkdir -p "$overlay/$probe"
  # One target an edge, because analysis stops at the first refusal of a target.
  for index in "${!libraries[@]}"; do
    printf 'cc_library(name = "edge_%d", deps = ["%s"])\n' "$index" "${libraries[$index]}"
    echo "//$probe:edge_$index ${libraries[$index]}" >>"$overlay/expected"
  done >"$overlay/$probe/BUILD.bazel"
  probes+=("//$probe:all")
done
[ "${#probes[@]}" -gt 0 ] || exit 1

bazel build "${quiet[@]}" --nobuild --keep_going "--package_path=%workspace%:$overlay" "${probes[@]}" >"$overlay/log" 2>&1
while read -r probe library; do
  if ! grep -qF "target '$library' is not visible from target '$probe'" "$overlay/log"; then
    echo "$probe may depend on $library"
    problems=1
  fi
done <"$overlay/expected"
[ "$problems" = 0 ] && echo "All of $(wc -l <"$overlay/expected") forbidden edges are refused"
exit "$problems"
