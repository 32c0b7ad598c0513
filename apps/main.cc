#include "apps/command_line.h"

int main(int argc, char** argv) {
  return streamhouse::apps::RunCommandLine(argc, argv);
}
