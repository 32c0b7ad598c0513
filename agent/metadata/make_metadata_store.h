// MakeMetadataStore: the metadata store that a spec names.
//
//   sqlite:///PATH   SqliteMetadataStore in the file /PATH; its folder exists, and the path has no %, ? and #
//   memory:          InMemoryMetadataStore: for tests, gone with the process
//
// A spec must hold no secret: it stands in lists of processes. docs/adding_a_store.md says how to
// add a scheme.
// When to use something else: a program with a store of its own gives it to the agent as
// AgentParts::store.
// Guarantees:
// 1. While a store in an SQLite file lives, no other agent opens the file this way. The reason: an
//    agent lowers committed offsets to the ends of the logs in its own folder, and finishes
//    deletions there.
// 2. The lock file is PATH.lock, also where PATH is a symbolic link. The system frees it with the
//    process.
// 3. An SQLite store whose write-ahead log is damaged is refused, and its files stay
//    (sqlite_wal.h).
// Thread safety: any thread.
// Cost: that of opening the store, which checks all of it.
// Errors: InvalidArgument, naming ShownSpec(spec); FailedPrecondition where another agent uses the
// file; those of CheckWal and of SqliteMetadataStore::Open.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

// The field of the error where another agent uses the file.
inline constexpr std::string_view kMetadataPathField = "path";

struct MetadataStoreOptions {
  // Called when a change, or the opening of the store, has failed and may have found no room on the
  // disk of the data folder. After true, it is retried once. A store that is elsewhere never calls
  // it.
  std::function<bool(const Status& failure)> make_room = [](const Status&) { return false; };
};

// Whether the spec names a store.
Status CheckMetadataSpec(std::string_view spec);

// The spec as errors and logs show it: whole if it names an SQLite file, else "SCHEME:…". A
// password may stand in a spec that is refused for it, or that is for another program.
std::string ShownSpec(std::string_view spec);

Result<std::unique_ptr<MetadataStore>> MakeMetadataStore(std::string_view spec, const MetadataStoreOptions& options);

// The path of the SQLite file that the spec names; empty for another store.
std::string SqlitePath(std::string_view spec);

// As the spec "sqlite://" with `path`, which may be relative and have any characters.
Result<std::unique_ptr<MetadataStore>> MakeSqliteStore(const std::string& path, const MetadataStoreOptions& options);

}  // namespace streamhouse::agent
