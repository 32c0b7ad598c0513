"""The libraries of others that the targets of this repository need, for the WORKSPACE of a program.

    local_repository(name = "streamhouse", path = "../streamhouse")
    load("@streamhouse//:dependencies.bzl", "streamhouse_dependencies")
    streamhouse_dependencies()

Each is a Debian package: its shim in third_party/ says which. None is looked for until a target
needs it. A repository that the WORKSPACE has defined before, under the same name, is used instead.
"""

# By the name of the repository: a folder of the package.
_LIBRARIES = {
    "boost": "/usr/include/boost",
    "fmt": "/usr/include/fmt",
    "grpc": "/usr/include/grpcpp",
    "libdeflate": "/usr/share/doc/libdeflate-dev",
    "libxcrypt": "/usr/share/doc/libcrypt-dev",
    "lz4": "/usr/share/doc/liblz4-dev",
    "openssl": "/usr/include/openssl",
    "protozero": "/usr/include/protozero",
    "rdkafka": "/usr/include/librdkafka",
    "re2": "/usr/include/re2",
    "snappy": "/usr/share/doc/libsnappy-dev",
    "sqlite": "/usr/share/doc/libsqlite3-dev",
    "yaml_cpp": "/usr/include/yaml-cpp",
    "zlib": "/usr/share/doc/zlib1g-dev",
    "zstd": "/usr/share/doc/libzstd-dev",
}

# What Bazel 4.2.3 loads by default and would download otherwise.
_DEBIAN_RULES = {
    "bazel_skylib": "/usr/share/bazel/tools/skylib",
    "rules_java": "/usr/share/bazel/rules/java",
    "rules_proto": "/usr/share/bazel/rules/proto",
}
_STAND_INS = ["remote_coverage_tools", "rules_cc"]

def _stand_in_impl(context):
    folder = context.path(Label("//:WORKSPACE")).dirname.get_child("third_party").get_child(context.name)
    for file in folder.readdir():
        context.symlink(file, file.basename)

_stand_in = repository_rule(
    implementation = _stand_in_impl,
    doc = "The folder of this name in third_party/, which is a repository of its own.",
    local = True,
)

def _is_missing(name):
    return native.existing_rule(name) == None

def streamhouse_dependencies():
    for name, path in _LIBRARIES.items():
        if _is_missing(name):
            native.new_local_repository(name = name, build_file = str(Label("//third_party:%s.BUILD" % name)), path = path)

def bazel_from_debian():
    """Bazel's own defaults from Debian's packages or from stand-ins, so that Bazel 4.2.3 downloads nothing."""
    for name, path in _DEBIAN_RULES.items():
        if _is_missing(name):
            native.local_repository(name = name, path = path)
    for name in _STAND_INS:
        if _is_missing(name):
            _stand_in(name = name)
