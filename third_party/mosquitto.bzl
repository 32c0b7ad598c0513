"""mosquitto_headers: the headers of Mosquitto's plugin interface, as a repository.

mosquitto_broker.h and mosquitto_plugin.h are in Debian's mosquitto-dev. That package needs the
broker, whose installation starts a service. So they are taken from where they are installed, or
else from where tools/lib/private_servers.sh has unpacked the package. mosquitto.h is in
libmosquitto-dev, which brings a library alone.
"""

_HEADERS = ["mosquitto.h", "mosquitto_broker.h", "mosquitto_plugin.h"]

_BUILD = """
cc_library(
    name = "mosquitto",
    hdrs = {headers},
    includes = ["include"],
    visibility = ["//visibility:public"],
)
"""

def _private_include(context):
    cache = context.os.environ.get("XDG_CACHE_HOME", context.os.environ.get("HOME", "") + "/.cache")
    return cache + "/streamhouse/mosquitto_dev/usr/include"

def _find(context, header, folders):
    for folder in folders:
        path = context.path(folder + "/" + header)
        if path.exists:
            return path
    fail("%s is in none of %s. tools/test brings it; so do Debian's mosquitto-dev and libmosquitto-dev." % (header, folders))

def _impl(context):
    folders = ["/usr/include", _private_include(context)]
    for header in _HEADERS:
        context.symlink(_find(context, header, folders), "include/" + header)
    context.file("BUILD.bazel", _BUILD.format(headers = ["include/" + header for header in _HEADERS]))

mosquitto_headers = repository_rule(
    implementation = _impl,
    environ = ["HOME", "XDG_CACHE_HOME"],
    local = True,
)
