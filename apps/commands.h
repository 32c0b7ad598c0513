// AddAgentCommand() and others: all the commands that there are. A Command is one subcommand of the
// program, how it is parsed and what it does.
//
// Guarantees: `run` is called at most once, after `parser` has parsed its own flags.
// Thread safety: none; a program parses and runs one command.
// Errors: `run` returns what went wrong as one line, which names the flag that would help. The
// caller prints it after the command's name, and exits with 1 or as the command says.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

struct Command {
  CLI::App* parser = nullptr;  // owned by the parser of the whole command line
  std::function<Status()> run;
  int usage_exit_code = 1;  // after flags that are refused, and after InvalidArgument
};

// Each adds its subcommand, or subcommands, to the program.

// `streamhouse agent`: serves producers and consumers until SIGINT or SIGTERM, then stops cleanly.
//
// Prints grpc=ADDRESS and http=ADDRESS, as bound, and "ready" once it serves, a line each. A
// service manager is told so as well, and that the agent stops (service_manager.h).
// Guarantees:
// 1. What it has acknowledged is kept, also when it is killed; --sync says what the loss of power
//    may take.
// 2. It fails when the last sync does.
Command AddAgentCommand(CLI::App& program);

// `streamhouse produce`: sends each line of its files, or of stdin, as a record.
//
// Prints sent=N acked=N failed=N. Fails if any record did. A signal ends the reading; what has been
// read is delivered, or has failed 3 seconds later.
// Guarantees: every line that was read is acked or failed when it ends.
Command AddProduceCommand(CLI::App& program);

// `streamhouse consume`: prints the values of a topic's records, a line each, from where its group
// left off.
//
// Guarantees:
// 1. An offset is committed only after the values before it have left the process; so after a crash
//    values may be printed again, but none is left out.
// 2. After a clean end the group continues with the first value not printed.
// 3. Several of them with one group share the partitions.
Command AddConsumeCommand(CLI::App& program);

// `streamhouse lag`: prints how far a group is behind in each partition of a topic, as lines or as
// JSON.
//
// The lag is the high watermark minus the committed offset; of a group that has never committed
// there, the number of records in it. In seconds, it is the age of the next unread record, and 0
// when there is none.
Command AddLagCommand(CLI::App& program);

// `streamhouse top`: shows rates, lag, latencies and errors of running programs, again and again:
// on the screen of a terminal, else as lines or as JSON.
//
// Guarantees:
// 1. The terminal is left as it was found, also after a signal.
// 2. With --once it fails when no program answers; without, it ends only when it is told to.
Command AddTopCommand(CLI::App& program);

// `streamhouse demo`: an agent, a producer and a consumer in one process, with real text and one
// page of metrics.
//
// Streams the lines of a path over and over at a stated rate, and prints a line a second. It ends
// on SIGINT or SIGTERM, drained: no new lines, what was sent is acknowledged, what was acknowledged
// is consumed and committed. Its last line says how many of each.
// Guarantees: without --data, nothing is left behind, unless the process is killed.
Command AddDemoCommand(CLI::App& program);

// `streamhouse verify`: reads every batch of a data folder, and prints what is damaged.
//
// It changes nothing, and takes no lock: an agent may serve the folder meanwhile.
// Errors: the command ends with 1 when there is damage, and with 2 when it cannot read the folder
// at all.
Command AddVerifyCommand(CLI::App& program);

// `streamhouse backup`: copies the data folder of an agent, also while it serves.
Command AddBackupCommand(CLI::App& program);

// `streamhouse topics create`, `describe`, `list`, `grow`, `retention` and `delete`: the topics of
// a running agent.
//
// Prints topic=NAME partitions=N for each topic that it has created. For a topic that it was asked
// about it adds retention_time=TIME retention_bytes=N, or none, and why the agent does not serve
// it, if so. To create a topic that exists with the same number of partitions succeeds, and leaves
// its retention as it is. delete asks nothing, and prints how many partitions and records went.
std::vector<Command> AddTopicsCommands(CLI::App& program);

// `streamhouse groups list`, `describe`, `seek`, `reset` and `delete`: the consumer groups of an
// agent.
//
// With --json, list, describe, seek and reset print one JSON document (docs/topics_and_groups.md).
// seek and reset print topic=NAME partition=N old=OFFSET new=OFFSET for each partition, with none
// where the group has never committed. They and delete are refused while the group has members.
std::vector<Command> AddGroupsCommands(CLI::App& program);

}  // namespace streamhouse::apps
