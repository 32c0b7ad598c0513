// RunCommandLine: the program `streamhouse`, from its arguments to its exit code.
//
// Guarantees: results go to stdout, everything else to stderr. The exit code is 0 when the command did all that it was
// asked for, else 1, after one line on stderr that begins with the command's name.
// Thread safety: called once, by main.
#pragma once

namespace streamhouse::apps {

int RunCommandLine(int argc, char** argv);

}  // namespace streamhouse::apps
