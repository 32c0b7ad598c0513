// Topic removal: takes the files of a deleted topic away, also after a crash half-way and on a full
// disk.
//
// 1. The caller takes the topic out of the metadata store (MetadataStore::DeleteTopic). From here
//    on it is deleted; the store remembers the life that has ended (MetadataStore::ListDeleted).
// 2. RemoveFiles() renames log/NAME to log/deleted#ID, a name that no topic can have, and removes
//    what is in it.
// 3. RemoveFiles() has the store forget the life, and removes the empty folder.
// After a crash or a failure, RemoveFiles() is called again and goes on.
//
// Example: topic orders has id 12. After its deletion the store lists {orders, 12}; the folder
// log/orders becomes log/deleted#12. A topic orders that is created then has a folder log/orders of
// its own.
// When to use something else: PartitionLog::ApplyRetention, for old records of a topic that stays.
// Guarantees:
// 1. No step needs a new file, or more room than the store's row.
// 2. Records are removed only from the folder of a life that the store remembers as deleted, under
//    its old or its new name.
// 3. A folder log/NAME that is marked with another life (topic_folders.h) stays: the store is a
//    copy from before that life; it forgets the deletion (Removal::kForgotten).
// 4. Once the folder is renamed, log/NAME is not touched: it belongs to a later topic or to an
//    operator.
// 5. In the renamed folder, only the folders of partitions and plain files are removed. Another
//    folder stays and is named in the error (FailedPrecondition).
// 6. A folder log/deleted#ID whose life the store does not remember keeps its content: the deletion
//    was made in another store.
// Thread safety: one thread for one topic.
// Cost: one rename, and a removal for each file.
// Errors: those of the file system and the store. Each call may be repeated.
// A retry after a folder sync that failed proves nothing, as the system reports such an error once.
// A loss of power may then bring the folder back under one of its names. No topic has it, and
// TopicFolders::FindStrays() names it where it holds records.
#pragma once

#include <cstdint>
#include <string>

#include "agent/log/file_system.h"
#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

// The owner of log/NAME: kOfLaterTopic if the store has a topic of that name now, else
// kOfDeletedLife. The caller keeps that from changing until RemoveFiles() returns.
enum class TopicFolder : std::uint8_t { kOfDeletedLife, kOfLaterTopic };

std::string RemovedFolderName(TopicId id);

// Step 2 has begun, so that log/NAME is free.
bool IsRenamedForRemoval(FileSystem& files, const std::string& log_folder, const DeletedLife& life);

enum class Removal : std::uint8_t {
  kRemoved,    // also where there were no files any more
  kForgotten,  // log/NAME belongs to a later topic of that name, and stays
};

// Steps 2 and 3, for a life of MetadataStore::ListDeleted().
Result<Removal> RemoveFiles(FileSystem& files, MetadataStore& store, const std::string& log_folder,
                            const DeletedLife& life, TopicFolder topic_folder);

}  // namespace streamhouse::agent
