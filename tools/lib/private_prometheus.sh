# A Prometheus server for the tests, unpacked but not installed. Sourced by tools/test after packages.sh.
#
#   ensure_private_prometheus    sets and exports STREAMHOUSE_PROMETHEUS and STREAMHOUSE_PROMTOOL
#
# Installing Debian's package would start a service on port 9090, which is the agent's own port. The copy lives in
# ${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse/prometheus; delete that folder to fetch it again.

# Fetches and unpacks the package into $1, which comes into being complete or not at all.
unpack_prometheus() {
  local folder=$1 parent work status=0
  parent=$(dirname "$folder")
  mkdir -p "$parent" && work=$(mktemp -d "$parent/unpacking.XXXXXX") || return 1
  (
    cd "$work" || exit 1
    # Package lists may be absent (a fresh container) or name a version that the mirror no longer has.
    apt-get -qq download prometheus >/dev/null 2>&1 ||
      { may_install && apt_get_as_root update && apt-get -qq download prometheus >/dev/null; } || exit 1
    dpkg --extract prometheus_*.deb unpacked && "unpacked/usr/bin/promtool" --version >/dev/null
  ) || status=$?
  if [ "$status" = 0 ]; then
    rm -rf "$folder" && mv "$work/unpacked" "$folder" || status=$?
  fi
  rm -rf "$work"
  return "$status"
}

ensure_private_prometheus() {
  local folder="${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse/prometheus"
  export STREAMHOUSE_PROMETHEUS="$folder/usr/bin/prometheus"
  export STREAMHOUSE_PROMTOOL="$folder/usr/bin/promtool"
  "$STREAMHOUSE_PROMTOOL" --version >/dev/null 2>&1 && [ -x "$STREAMHOUSE_PROMETHEUS" ] && return 0
  echo "Unpacking a private Prometheus for the tests into $folder" >&2
  unpack_prometheus "$folder" && return 0
  echo "Could not fetch it. Run: mkdir -p $folder && cd $folder && apt-get download prometheus && dpkg -x prometheus_*.deb ." >&2
  return 1
}
