"""optimized_binary: a program that is built as users build theirs, also where tests are not."""

def _optimized(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

_optimized_transition = transition(
    implementation = _optimized,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _optimized_binary(ctx):
    copy = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = copy, target_file = ctx.executable.binary, is_executable = True)
    return [DefaultInfo(executable = copy, files = depset([copy]))]

optimized_binary = rule(
    implementation = _optimized_binary,
    attrs = {
        "binary": attr.label(cfg = _optimized_transition, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "The program `binary` with -c opt.",
    executable = True,
)
