# shellcheck shell=bash
# Servers that the tests talk to, unpacked but not installed. Sourced by tools/test after
# packages.sh.
#
#   ensure_private_servers    unpacks what is missing; sets and exports STREAMHOUSE_PROMETHEUS, STREAMHOUSE_PROMTOOL,
#                             STREAMHOUSE_NODE_EXPORTER, STREAMHOUSE_PUSHGATEWAY, STREAMHOUSE_VICTORIA_METRICS,
#                             STREAMHOUSE_NATS and STREAMHOUSE_MOSQUITTO
#   ensure_private_mosquitto  the same for the last one, a folder with several programs, and the headers of its
#                             plugins, which third_party/mosquitto.bzl finds
#
# Installing Debian's packages would start services; Prometheus' listens on port 9090, which is the
# agent's own. mosquitto-dev, which has headers alone, brings the broker with it. The copies live in
# ${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse; delete a folder there
# to fetch it again.

# Whether the folder $1 has what $2 names: a program that runs, or a header.
is_unpacked() {
  case "$2" in
    *.h) [ -f "$1/$2" ] ;;
    */mosquitto) [[ $("$1/$2" -h 2>/dev/null) == "mosquitto version "* ]] ;; # has no --version, and exits with 3
    *) "$1/$2" --version >/dev/null 2>&1 ;;
  esac
}

# Fetches the package $1 and unpacks it into $2, which comes into being complete or not at all. $3
# is the path of a program or header in it, as usr/bin/promtool.
unpack_server() {
  local package=$1 folder=$2 program=$3 parent work status=0
  parent=$(dirname "$folder")
  mkdir -p "$parent" && work=$(mktemp -d "$parent/unpacking.XXXXXX") || return 1
  (
    cd "$work" || exit 1
    # Package lists may be absent (a fresh container) or name a version that the mirror no longer
    # has.
    apt-get -qq download "$package" >/dev/null 2>&1 ||
      { may_install && apt_get_as_root update && apt-get -qq download "$package" >/dev/null; } || exit 1
    dpkg --extract "$package"_*.deb unpacked && is_unpacked unpacked "$program"
  ) || status=$?
  if [ "$status" = 0 ]; then
    rm -rf "$folder" && mv "$work/unpacked" "$folder" || status=$?
  fi
  rm -rf "$work"
  return "$status"
}

# ensure_private_server PACKAGE FOLDER PROGRAM
ensure_private_server() {
  local package=$1 folder=$2 program=$3
  is_unpacked "$folder" "$program" && return 0
  echo "Unpacking $package for the tests into $folder" >&2
  unpack_server "$package" "$folder" "$program" && return 0
  echo "Could not fetch it. Run: mkdir -p $folder && cd $folder && apt-get download $package && dpkg -x ${package}_*.deb ." >&2
  return 1
}

ensure_private_servers() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse"
  export STREAMHOUSE_PROMETHEUS="$cache/prometheus/usr/bin/prometheus"
  export STREAMHOUSE_PROMTOOL="$cache/prometheus/usr/bin/promtool"
  export STREAMHOUSE_NODE_EXPORTER="$cache/node_exporter/usr/bin/prometheus-node-exporter"
  export STREAMHOUSE_PUSHGATEWAY="$cache/pushgateway/usr/bin/prometheus-pushgateway"
  export STREAMHOUSE_VICTORIA_METRICS="$cache/victoria_metrics/usr/bin/victoria-metrics"
  export STREAMHOUSE_NATS="$cache/nats/usr/sbin/nats-server"
  ensure_private_server prometheus "$cache/prometheus" usr/bin/promtool &&
    ensure_private_server prometheus-node-exporter "$cache/node_exporter" usr/bin/prometheus-node-exporter &&
    ensure_private_server prometheus-pushgateway "$cache/pushgateway" usr/bin/prometheus-pushgateway &&
    ensure_private_server victoria-metrics "$cache/victoria_metrics" usr/bin/victoria-metrics &&
    ensure_private_server nats-server "$cache/nats" usr/sbin/nats-server &&
    ensure_private_mosquitto
}

ensure_private_mosquitto() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/streamhouse"
  export STREAMHOUSE_MOSQUITTO="$cache/mosquitto"
  ensure_private_server mosquitto "$STREAMHOUSE_MOSQUITTO" usr/sbin/mosquitto &&
    ensure_private_server mosquitto-dev "$cache/mosquitto_dev" usr/include/mosquitto_plugin.h
}
