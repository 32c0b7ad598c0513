"""Builds the receivers and parsers of other projects, each pinned to a version, into a folder that is kept.

A stamp beside each program names the recipe that made it: a program is made again when its recipe changes.
"""

import dataclasses
import hashlib
import os
import pathlib
import shutil
import subprocess
import time
import typing

SOURCES = pathlib.Path(__file__).resolve().parent

PROMETHEUS = "v0.316.0"
COLLECTOR = "v0.165.0"
COLLECTOR_STABLE = "v1.71.0"
CONTRIB = "github.com/open-telemetry/opentelemetry-collector-contrib"
CORE = "go.opentelemetry.io/collector"

COLLECTOR_PARTS = {
    "receivers": [
        f"{CORE}/receiver/otlpreceiver {COLLECTOR}",
        f"{CONTRIB}/receiver/prometheusreceiver {COLLECTOR}",
        f"{CONTRIB}/receiver/statsdreceiver {COLLECTOR}",
    ],
    "exporters": [f"{CONTRIB}/exporter/fileexporter {COLLECTOR}", f"{CONTRIB}/exporter/prometheusexporter {COLLECTOR}"],
    "providers": [f"{CORE}/confmap/provider/{name}provider {COLLECTOR_STABLE}" for name in ("env", "file", "yaml")],
}

PUSHGATEWAY_GO_MOD = """module gateway

go 1.26

require github.com/prometheus/pushgateway v1.11.3
"""
PUSHGATEWAY_IMPORT = """package gateway

import _ "github.com/prometheus/pushgateway"
"""
TEXTPARSE_GO_MOD = f"""module textparse

go 1.26

require github.com/prometheus/prometheus {PROMETHEUS}
"""
DATADOG_AGENT = "v0.85.4"
ORIGINS_GO_MOD = f"""module origins

go 1.26

require github.com/DataDog/datadog-agent/comp/core/tagger/origindetection {DATADOG_AGENT}
"""
CLIENT_JAVA = "1.10.0"
CLIENT_JAVA_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>interop</groupId><artifactId>interop</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.prometheus</groupId><artifactId>prometheus-metrics-exposition-formats</artifactId>
      <version>{CLIENT_JAVA}</version>
    </dependency>
  </dependencies>
</project>
"""
PYTHON_PACKAGES = ("prometheus-client==0.26.0", "opentelemetry-proto==1.45.2", "protobuf==6.33.1")


class Missing(Exception):
    """A program that cannot be made here, with the reason."""


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    version: str
    tools: tuple
    path: str  # of what is made, below the cache folder
    make: typing.Callable
    texts: tuple = ()  # files that it is made from


class Cache:
    """The folder of what is made, and how commands run in it: gently, because builds take minutes."""

    def __init__(self, folder, say, jobs=1):
        self.folder = pathlib.Path(folder)
        self.say = say
        self.jobs = jobs
        (self.folder / "bin").mkdir(parents=True, exist_ok=True)

    def work_folder(self, name):
        folder = self.folder / "work" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def run(self, command, cwd, **environment):
        env = {**os.environ, "GOFLAGS": f"-p={self.jobs} -buildvcs=false", "GOMAXPROCS": str(self.jobs), **environment}
        log = self.folder / "last_build.log"
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(["nice", "-n", "19", *map(str, command)], cwd=cwd, env=env, check=False,
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            raise Missing(f"`{' '.join(map(str, command))}` failed:\n{tail}")

    def go_install(self, *arguments):
        self.run(["go", "install", *arguments], self.folder, GOBIN=str(self.folder / "bin"))


def _prometheus(cache):
    version = f"-s -X github.com/prometheus/common/version.Version={PROMETHEUS.replace('v0.3', '3.')}"
    module = "github.com/prometheus/prometheus/cmd"
    # Without the tag, the libraries of clouds take more than a quarter of an hour and 2.5 GB.
    cache.go_install("-tags=remove_all_sd", f"-ldflags={version}", f"{module}/prometheus@{PROMETHEUS}",
                     f"{module}/promtool@{PROMETHEUS}")


def _victoria_metrics(cache):
    cache.go_install("-ldflags=-s", "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@v1.151.0")


def _pushgateway(cache):
    # `go install …@v1.11.3` finds no list of versions; a module that requires it builds.
    folder = cache.work_folder("pushgateway")
    (folder / "go.mod").write_text(PUSHGATEWAY_GO_MOD, encoding="utf-8")
    (folder / "gateway.go").write_text(PUSHGATEWAY_IMPORT, encoding="utf-8")
    command = ["go", "build", "-mod=mod", "-ldflags=-s", "-o", cache.folder / "bin/pushgateway"]
    cache.run([*command, "github.com/prometheus/pushgateway"], folder)


def _collector(cache):
    folder = cache.work_folder("collector")
    lines = ["dist: {name: collector, output_path: ., module: collector}"]
    for kind, modules in COLLECTOR_PARTS.items():
        lines.append(f"{kind}:")
        lines += [f"  - gomod: {module}" for module in modules]
    (folder / "builder.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    builder = ["go", "run", f"{CORE}/cmd/builder@{COLLECTOR}", "--config=builder.yaml"]
    cache.run([*builder, "--skip-get-modules", "--skip-compilation"], folder)
    # By hand: the builder's own `go mod tidy` asks for modules that no proxy serves.
    required = [module for modules in COLLECTOR_PARTS.values() for module in modules]
    required += [f"{CORE}/otelcol {COLLECTOR}"]
    required += [f"{CORE}/{name} {COLLECTOR_STABLE}" for name in ("component", "confmap")]
    requires = "".join(f"\t{module}\n" for module in required)
    (folder / "go.mod").write_text(f"module collector\n\ngo 1.26\n\nrequire (\n{requires})\n", encoding="utf-8")
    build = ["go", "build", "-mod=mod", "-tags", "remove_all_sd", "-trimpath", "-ldflags=-s -w"]
    cache.run([*build, "-o", cache.folder / "bin/collector", "."], folder, CGO_ENABLED="0")


def _statsd(cache):
    folder = cache.work_folder("statsd")
    cache.run(["npm", "install", "--no-audit", "--no-fund", "--omit=optional", "statsd@0.9.0"], folder)


def _program_of_ours(cache, name, go_mod):
    """NAME.go, which uses modules of others."""
    folder = cache.work_folder(name)
    (folder / "go.mod").write_text(go_mod, encoding="utf-8")
    shutil.copy(SOURCES / f"{name}.go", folder / "main.go")
    cache.run(["go", "build", "-mod=mod", "-o", cache.folder / "bin" / name, "."], folder)


def _textparse(cache):
    _program_of_ours(cache, "textparse", TEXTPARSE_GO_MOD)


def _origins(cache):
    _program_of_ours(cache, "origins", ORIGINS_GO_MOD)


def _python_parsers(cache):
    folder = cache.work_folder("python")
    cache.run(["python3", "-m", "venv", "venv"], folder)
    pip = [folder / "venv/bin/pip", "-q", "--disable-pip-version-check", "install"]
    cache.run([*pip, *PYTHON_PACKAGES], folder)


def _client_java(cache):
    folder = cache.work_folder("client_java")
    (folder / "pom.xml").write_text(CLIENT_JAVA_POM, encoding="utf-8")
    cache.run(["mvn", "-q", "dependency:copy-dependencies", "-DoutputDirectory=jars"], folder)
    shutil.copy(SOURCES / "ReadProtobuf.java", folder)
    cache.run(["javac", "-cp", "jars/*", "-d", "classes", "ReadProtobuf.java"], folder)


def _text_of(name):
    return (SOURCES / name).read_text(encoding="utf-8")


PROGRAMS = [
    Program("prometheus", "3.16.0", ("go",), "bin/prometheus", _prometheus),
    Program("victoria_metrics", "1.151.0", ("go",), "bin/victoria-metrics", _victoria_metrics),
    Program("pushgateway", "1.11.3", ("go",), "bin/pushgateway", _pushgateway, (PUSHGATEWAY_GO_MOD,)),
    Program("collector", "0.165.0", ("go",), "bin/collector", _collector, (str(COLLECTOR_PARTS),)),
    Program("statsd", "0.9.0", ("npm", "node"), "work/statsd/node_modules/statsd/stats.js", _statsd),
    Program(
        name="textparse",
        version="0.316.0",
        tools=("go",),
        path="bin/textparse",
        make=_textparse,
        texts=(TEXTPARSE_GO_MOD, _text_of("textparse.go")),
    ),
    Program(
        name="origins",
        version="0.85.4",
        tools=("go",),
        path="bin/origins",
        make=_origins,
        texts=(ORIGINS_GO_MOD, _text_of("origins.go")),
    ),
    Program(
        name="python",
        version="prometheus-client 0.26.0, opentelemetry-proto 1.45.2",
        tools=("python3",),
        path="work/python/venv/bin/python",
        make=_python_parsers,
        texts=PYTHON_PACKAGES,
    ),
    Program(
        name="client_java",
        version=CLIENT_JAVA,
        tools=("mvn", "java", "javac"),
        path="work/client_java/classes",
        make=_client_java,
        texts=(CLIENT_JAVA_POM, _text_of("ReadProtobuf.java")),
    ),
]


def _recipe(program):
    """What the program is made from, as a short text."""
    parts = [program.name, program.version, *program.tools, *program.texts]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def path_of(cache, name):
    return cache.folder / next(program.path for program in PROGRAMS if program.name == name)


def ensure(cache, program):
    """Makes a program unless it is there; Missing with the reason where it cannot be made."""
    stamp = cache.folder / f"{program.name}.stamp"
    recipe = _recipe(program)
    made = cache.folder / program.path
    if made.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == recipe:
        return
    lacking = [tool for tool in program.tools if not shutil.which(tool)]
    if lacking:
        raise Missing(f"{' and '.join(lacking)} not found")
    cache.say(f"building {program.name} {program.version} into {cache.folder}")
    started = time.monotonic()
    program.make(cache)
    stamp.write_text(recipe, encoding="utf-8")
    cache.say(f"built {program.name} in {time.monotonic() - started:.0f} s")
