#!/usr/bin/python3
"""Compares dashboards/*.json with Grafana's own types, as the npm package @grafana/schema has them.

    tools/observability/check_schema.py [FOLDER]    FOLDER keeps the packages for the next time

Needs node and npm, and the network the first time: it is no part of tools/test. Each dashboard becomes a TypeScript
literal, which the compiler compares with Dashboard, and each panel's options and fields with the types of its kind: an
unknown key, a wrong type and a value that an enum does not have are errors. The types do not have the queries of
Prometheus (`expr` and its neighbours), nor what a kind of panel leaves open.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGES = ("@grafana/schema@13.2.3", "typescript@5.9.3")
_RAW = "./node_modules/@grafana/schema/dist/types/raw/composable"
# JSON has the values of an enum as text, which is not of the enum's type to TypeScript: Plain.
_HEAD = f"""import type {{ Dashboard, Panel, RowPanel, VariableModel }} from '@grafana/schema';
import type * as timeseries from '{_RAW}/timeseries/panelcfg/x/types.gen';
import type * as heatmap from '{_RAW}/heatmap/panelcfg/x/types.gen';
import type * as stat from '{_RAW}/stat/panelcfg/x/types.gen';
type Plain<T> = T extends string ? `${{T}}` : T extends number ? (`${{T}}` extends `${{infer N extends number}}` ? N : T)
  : T extends boolean | null | undefined ? T : T extends Array<infer E> ? Array<Plain<E>>
  : T extends object ? {{ [K in keyof T]: Plain<T[K]> }} : T;
type Target = {{ refId: string; expr: string; datasource: unknown; editorMode: string; legendFormat: string;
  format: string; range: boolean; instant: boolean; exemplar: boolean }};
"""


def _literal(kind, name, value):
    return f"export const {name}: {kind} = {json.dumps(value, indent=1)};\n"


def _panel_literals(name, panel):
    """The fields that the type Panel leaves open, by the kind of the panel."""
    kind = panel["type"]
    if kind != "row":
        yield _literal(f"Plain<Partial<{kind}.Options>>", f"{name}_options", panel["options"])
        if "custom" in panel["fieldConfig"]["defaults"]:
            yield _literal(f"Plain<{kind}.FieldConfig>", f"{name}_fields", panel["fieldConfig"]["defaults"]["custom"])
        yield _literal("Target[]", f"{name}_targets", panel["targets"])


def as_typescript(dashboard):
    parts = [_HEAD]
    outer = {key: value for key, value in dashboard.items() if key not in ("panels", "templating", "annotations")}
    parts.append(_literal("Plain<Dashboard>", "dashboard", outer))
    parts.append(_literal("Plain<VariableModel>[]", "variables", dashboard["templating"]["list"]))
    for number, panel in enumerate(dashboard["panels"]):
        whole = {key: value for key, value in panel.items() if key != "targets"}
        parts.append(_literal(f"Plain<{'RowPanel' if panel['type'] == 'row' else 'Panel'}>", f"panel{number}", whole))
        parts += _panel_literals(f"panel{number}", panel)
    return "".join(parts)


def check(folder):
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES], check=True)
    names = []
    for path in sorted((ROOT / "dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        (folder / f"{path.stem}.ts").write_text(as_typescript(dashboard), encoding="utf-8")
        names.append(f"{path.stem}.ts")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext"]
    done = subprocess.run([folder / "node_modules/.bin/tsc", *options, *names], cwd=folder, check=False)
    print(f"{len(names)} dashboards, tsc ended with {done.returncode}")
    return done.returncode


def main():
    if len(sys.argv) > 1:
        return check(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        return check(pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
