// The contract of MetadataStore as a parameterised suite: an implementation adds a StoreBackend and
// two lines, INSTANTIATE_TEST_SUITE_P(MyStore, MetadataStoreContract,
// testing::Values(MakeMyBackend)), and the same for CommittedOffsetsContract. A backend that needs
// a server has a test target of its own.
//
// When to use something else: what is special about one store is tested beside it.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

// Where the data of one test lies, and the clock of the store.
class StoreBackend {
 public:
  virtual ~StoreBackend() = default;

  // Every store that is opened sees the same data. Several are open at a time: that one agent uses
  // them is what MakeMetadataStore() sees to.
  virtual std::unique_ptr<MetadataStore> Open() = 0;
  // Does nothing where rows have no time.
  virtual void AdvanceClock(std::chrono::milliseconds time) = 0;
};

using StoreBackendFactory = std::function<std::unique_ptr<StoreBackend>()>;

class MetadataStoreContract : public testing::TestWithParam<StoreBackendFactory> {
 protected:
  static constexpr std::chrono::milliseconds kDuration{30'000};

  LeaseRow Acquire(const std::string& holder, MetadataStore& store) { return Acquire(holder, store, std::nullopt); }
  LeaseRow Acquire(const std::string& holder) { return Acquire(holder, *store_); }

  LeaseRow Acquire(const std::string& holder, MetadataStore& store, std::optional<LeaseVersion> ended) {
    return store.AcquireLeases(std::vector<LeaseClaim>{{orders_, ended}}, holder, kDuration).value().at(0);
  }

  TopicId Create(const std::string& name, std::uint32_t partitions = 4) {
    return store_->CreateTopic({.name = name, .partitions = partitions})->id;
  }
  // Without their ids.
  std::vector<TopicDescription> Topics(MetadataStore& store) {
    std::vector<TopicDescription> topics = *store.ListTopics();
    for (TopicDescription& topic : topics) topic.id = 0;
    return topics;
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  std::unique_ptr<MetadataStore> store_ = backend_->Open();
  std::unique_ptr<MetadataStore> other_store_ = backend_->Open();
  const TopicPartition orders_ = {.topic = "orders", .partition = 3};
};

TEST_P(MetadataStoreContract, ListsTopicsInTheOrderOfTheirNames) {
  ASSERT_TRUE(store_->CreateTopic({.name = "b", .partitions = 2}).ok());
  ASSERT_TRUE(store_->CreateTopic({.name = "a", .partitions = 1}).ok());
  EXPECT_EQ(Topics(*other_store_),
            (std::vector<TopicDescription>{{.name = "a", .partitions = 1}, {.name = "b", .partitions = 2}}));
}

TEST_P(MetadataStoreContract, CreatesATopicWithTheLeasesOfItsPartitions) {
  auto created = store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "a", kDuration);
  EXPECT_EQ(created->topic.id, store_->ListTopics()->at(0).id);
  ASSERT_EQ(created->leases.size(), 4U);
  EXPECT_EQ(other_store_->FindLease(orders_).value(), created->leases[3]);
  EXPECT_EQ(created->leases[3].holder, "a");
  EXPECT_EQ(created->leases[3].epoch, 1U);
}

TEST_P(MetadataStoreContract, TakesNoLeaseOfATopicThatItDoesNotCreate) {
  Create("orders");
  EXPECT_EQ(store_->CreateLeasedTopic({.name = "orders", .partitions = 5}, "a", kDuration).status().code(),
            StatusCode::kAlreadyExists);
  EXPECT_FALSE(store_->FindLease(orders_)->has_value());
}

TEST_P(MetadataStoreContract, ANewTopicLeavesTheLeaseOfAnotherHolder) {
  Acquire("b");
  EXPECT_EQ(store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "a", kDuration)->leases[3].holder, "b");
}

TEST_P(MetadataStoreContract, RenewsTheLeasesOfATopicThatIsThereWithItsPartitions) {
  const auto first = store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "a", kDuration);
  const auto again = other_store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "a", kDuration);
  EXPECT_EQ(again->topic, first->topic);
  EXPECT_EQ(again->leases[3].epoch, 1U);
  EXPECT_GT(again->leases[3].renewals, first->leases[3].renewals);
}

TEST_P(MetadataStoreContract, GoesOnWithTheEpochsOfAFormerTopicInANewOne) {
  const auto former = store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "a", kDuration);
  ASSERT_TRUE(store_->DeleteTopic("orders", former->topic.id).ok());
  const auto later = other_store_->CreateLeasedTopic({.name = "orders", .partitions = 4}, "b", kDuration);
  EXPECT_EQ(later->leases[3].holder, "b");
  EXPECT_EQ(later->leases[3].epoch, 2U);
}

TEST_P(MetadataStoreContract, AcceptsTheSameTopicAgainAndRefusesAnotherSize) {
  ASSERT_TRUE(store_->CreateTopic({.name = "a", .partitions = 2}).ok());
  EXPECT_TRUE(other_store_->CreateTopic({.name = "a", .partitions = 2}).ok());
  EXPECT_EQ(other_store_->CreateTopic({.name = "a", .partitions = 3}).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(store_->ListTopics()->size(), 1U);
}

TEST_P(MetadataStoreContract, KeepsTheRetentionOfATopicUntilItIsSet) {
  const Retention first = {.age_max = std::chrono::milliseconds(5), .bytes_max = 6};
  ASSERT_TRUE(store_->CreateTopic({.name = "a", .partitions = 1, .retention = first}).ok());
  ASSERT_TRUE(store_->CreateTopic({.name = "a", .partitions = 1}).ok());
  EXPECT_EQ(other_store_->ListTopics()->at(0).retention, first);
  ASSERT_TRUE(store_->SetRetention("a", {.bytes_max = 7}).ok());
  EXPECT_EQ(other_store_->ListTopics()->at(0).retention, Retention{.bytes_max = 7});
  EXPECT_EQ(store_->SetRetention("b", first).code(), StatusCode::kNotFound);
}

TEST_P(MetadataStoreContract, TakesHostileNamesAsNames) {
  const std::string name = "a'; DROP TABLE topics; --";
  ASSERT_TRUE(store_->CreateTopic({.name = name, .partitions = 1}).ok());
  EXPECT_EQ(store_->ListTopics()->at(0).name, name);
}

TEST_P(MetadataStoreContract, KnowsNoLeaseAtFirst) {
  EXPECT_EQ(store_->FindLease(orders_).value(), std::nullopt);
}

TEST_P(MetadataStoreContract, GrantsAFreeLeaseWithTheFirstEpoch) {
  const LeaseRow first = {.holder = "a", .epoch = 1, .renewals = 1, .duration = kDuration};
  EXPECT_EQ(Acquire("a"), first);
  EXPECT_EQ(other_store_->FindLease(orders_).value(), first);
}

TEST_P(MetadataStoreContract, RefusesALeaseThatAnotherHoldsAtAnyTimeOfTheClock) {
  const LeaseRow held = Acquire("a");
  backend_->AdvanceClock(1'000 * kDuration);
  EXPECT_EQ(Acquire("b", *other_store_), held);
}

TEST_P(MetadataStoreContract, GrantsALeaseToExactlyOneOfManyThatAsk) {
  std::vector<std::unique_ptr<MetadataStore>> stores(4);
  for (auto& store : stores) store = backend_->Open();
  std::vector<std::string> holders(stores.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < stores.size(); ++i) {
      threads.emplace_back([&, i] { holders[i] = Acquire(std::to_string(i), *stores[i]).holder; });
    }
  }
  EXPECT_EQ(holders, std::vector<std::string>(4, store_->FindLease(orders_).value()->holder));
  EXPECT_EQ(store_->FindLease(orders_).value()->epoch, 1U);
}

TEST_P(MetadataStoreContract, KeepsTheEpochOverRenewalsAndChangesTheVersion) {
  const LeaseRow first = Acquire("a");
  const LeaseRow renewed = Acquire("a");
  EXPECT_EQ(renewed.epoch, 1U);
  EXPECT_FALSE(renewed.version() == first.version());
}

TEST_P(MetadataStoreContract, RaisesTheEpochByOneWhenTheHolderChangesAfterTheEnd) {
  const LeaseRow held = Acquire("a");
  const LeaseRow taken = Acquire("b", *other_store_, held.version());
  EXPECT_EQ(taken.holder, "b");
  EXPECT_EQ(taken.epoch, 2U);
  EXPECT_EQ(Acquire("a").holder, "b");
}

TEST_P(MetadataStoreContract, LeavesALeaseAloneThatWasRenewedAfterItsEndWasSeen) {
  const LeaseRow seen = Acquire("a");
  const LeaseRow renewed = Acquire("a");
  EXPECT_EQ(Acquire("b", *other_store_, seen.version()), renewed);
}

TEST_P(MetadataStoreContract, LetsAnotherInAtOnceAfterReleaseWithAHigherEpoch) {
  Acquire("a");
  ASSERT_TRUE(store_->ReleaseLease(orders_, "a", 1).ok());
  EXPECT_EQ(store_->FindLease(orders_).value()->duration.count(), 0);
  EXPECT_EQ(Acquire("b", *other_store_).epoch, 2U);
}

TEST_P(MetadataStoreContract, FreesALeaseThatIsRenewedForNoTime) {
  Acquire("a");
  const std::vector<LeaseClaim> claims = {{.partition = orders_}};
  EXPECT_EQ(store_->AcquireLeases(claims, "a", std::chrono::milliseconds(0))->front().epoch, 1U);
  EXPECT_EQ(store_->FindLease(orders_).value()->duration.count(), 0);
  EXPECT_EQ(Acquire("b", *other_store_).epoch, 2U);
  ASSERT_TRUE(store_->AcquireLeases(claims, "a", std::chrono::milliseconds(0)).ok());
  EXPECT_EQ(store_->FindLease(orders_).value()->holder, "b");
}

TEST_P(MetadataStoreContract, NeverStartsEpochsAgain) {
  std::uint64_t last = 0;
  for (int i = 0; i < 6; ++i) {
    const std::string holder = i % 2 == 0 ? "a" : "b";
    const LeaseRow row = Acquire(holder);
    EXPECT_EQ(row.epoch, last + 1);
    last = row.epoch;
    ASSERT_TRUE(store_->ReleaseLease(orders_, holder, row.epoch).ok());
    store_ = backend_->Open();
  }
}

TEST_P(MetadataStoreContract, RaisesTheEpochOfAFreeLease) {
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 5).ok());
  EXPECT_EQ(Acquire("a").epoch, 6U);
  ASSERT_TRUE(store_->ReleaseLease(orders_, "a", 6).ok());
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 3).ok());
  EXPECT_EQ(Acquire("a").epoch, 6U);
}

TEST_P(MetadataStoreContract, KnowsALeaseWithoutAHolderOnceItsEpochWasRaisedAboveZero) {
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 0).ok());
  EXPECT_EQ(other_store_->FindLease(orders_).value(), std::nullopt);
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 5).ok());
  EXPECT_EQ(other_store_->FindLease(orders_).value(), (LeaseRow{.holder = "", .epoch = 5}));
}

TEST_P(MetadataStoreContract, ForgetsTheHolderOfAFreeLeaseWhoseEpochIsRaised) {
  Acquire("a");
  ASSERT_TRUE(store_->ReleaseLease(orders_, "a", 1).ok());
  EXPECT_EQ(store_->FindLease(orders_).value()->holder, "a");
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 5).ok());
  EXPECT_EQ(store_->FindLease(orders_).value()->holder, "");
}

// Also where the store is a copy from a time when the lease was held.
TEST_P(MetadataStoreContract, RaisesTheEpochOfALeaseThatIsHeldAndLeavesItsHolder) {
  Acquire("a");
  ASSERT_TRUE(store_->RaiseEpoch(orders_, 9).ok());
  EXPECT_EQ(Acquire("b").holder, "a");
  EXPECT_EQ(Acquire("a").epoch, 9U);
  ASSERT_TRUE(store_->ReleaseLease(orders_, "a", 9).ok());
  EXPECT_EQ(Acquire("b").epoch, 10U);
}

TEST_P(MetadataStoreContract, ReleasesOnlyForTheHolderAtItsEpoch) {
  Acquire("a");
  EXPECT_EQ(store_->ReleaseLease(orders_, "b", 1).code(), StatusCode::kAborted);
  EXPECT_EQ(store_->ReleaseLease(orders_, "a", 2).code(), StatusCode::kAborted);
  EXPECT_EQ(store_->ReleaseLease({.topic = "none"}, "a", 1).code(), StatusCode::kAborted);
  EXPECT_EQ(Acquire("b").holder, "a");
}

TEST_P(MetadataStoreContract, AnswersForSeveralPartitionsInTheirOrder) {
  const TopicPartition free = {.topic = "orders", .partition = 4};
  Acquire("a");
  auto rows = store_->AcquireLeases(std::vector<LeaseClaim>{{orders_}, {free}}, "b", kDuration);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(0).holder, "a");
  EXPECT_EQ(rows->at(1).holder, "b");
}

TEST_P(MetadataStoreContract, GivesEachTopicAnIdThatStays) {
  const TopicId a = Create("a");
  const TopicId b = Create("b");
  EXPECT_NE(a, 0U);
  EXPECT_NE(a, b);
  EXPECT_EQ(other_store_->CreateTopic({.name = "a", .partitions = 4})->id, a);
  EXPECT_EQ(backend_->Open()->ListTopics()->at(0).id, a);
}

TEST_P(MetadataStoreContract, GivesIdsThatRiseFromANumberOfAtMostTwoToThe62) {
  const TopicId first = Create("b");
  EXPECT_LE(first, TopicId{1} << 62);
  EXPECT_GT(Create("a"), first);
}

TEST_P(MetadataStoreContract, DrawsTheFirstIdOfEachStoreAgain) {
  const TopicId other = GetParam()()->Open()->CreateTopic({.name = "a", .partitions = 1})->id;
  EXPECT_NE(Create("a"), other);
}

TEST_P(MetadataStoreContract, GivesATopicThatIsMadeAgainAnotherId) {
  const TopicId first = Create("a");
  ASSERT_TRUE(store_->DeleteTopic("a", first).ok());
  store_ = backend_->Open();
  EXPECT_NE(Create("b"), first);
  EXPECT_NE(Create("a"), first);
}

TEST_P(MetadataStoreContract, DeletesOnlyTheLifeOfATopicThatItIsTold) {
  const TopicId first = Create("a");
  EXPECT_EQ(store_->DeleteTopic("b", first).code(), StatusCode::kNotFound);
  ASSERT_TRUE(other_store_->DeleteTopic("a", first).ok());
  EXPECT_EQ(store_->ListTopics()->size(), 0U);
  Create("a");
  EXPECT_EQ(store_->DeleteTopic("a", first).code(), StatusCode::kNotFound);
  EXPECT_EQ(store_->ListTopics()->size(), 1U);
}

TEST_P(MetadataStoreContract, NamesDeletedLivesUntilTheyAreForgotten) {
  EXPECT_TRUE(store_->ListDeleted()->empty());
  const TopicId first = Create("a b #1");
  ASSERT_TRUE(store_->DeleteTopic("a b #1", first).ok());
  const TopicId second = Create("a b #1");
  ASSERT_TRUE(store_->DeleteTopic("a b #1", second).ok());
  const DeletedLife left = {.topic = "a b #1", .id = second};
  EXPECT_EQ(other_store_->ListDeleted().value(), (std::vector<DeletedLife>{{.topic = "a b #1", .id = first}, left}));
  ASSERT_TRUE(other_store_->ForgetDeleted(first).ok());
  EXPECT_TRUE(other_store_->ForgetDeleted(first).ok());
  EXPECT_EQ(store_->ListDeleted().value(), std::vector<DeletedLife>{left});
}

TEST_P(MetadataStoreContract, AddsPartitionsToATopic) {
  const TopicId id = Create("a", 2);
  ASSERT_TRUE(store_->AddPartitions("a", 3).ok());
  EXPECT_EQ(other_store_->ListTopics()->at(0), (TopicDescription{.name = "a", .partitions = 3, .id = id}));
  EXPECT_EQ(store_->AddPartitions("a", 3).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->AddPartitions("b", 3).code(), StatusCode::kNotFound);
}

TEST_P(MetadataStoreContract, FreesTheLeasesOfADeletedTopicAndGoesOnWithTheirEpochs) {
  const TopicId id = Create("orders");
  Acquire("a");
  ASSERT_TRUE(store_->DeleteTopic("orders", id).ok());
  Create("orders");
  EXPECT_EQ(Acquire("b", *other_store_).epoch, 2U);
}

TEST_P(MetadataStoreContract, KeepsTheOpeningsOfALogUntilItsTopicIsDeleted) {
  const TopicIdPartition first = {.topic_id = Create("orders")};
  const TopicIdPartition other = {.topic_id = Create("payments")};
  const std::vector<LogOpening> openings = {{.id = 7, .end_offset = 70}, {.id = 8, .end_offset = 80}};
  const std::vector<StoredOpenings> logs = {
      {.partition = {.topic_id = 1}, .openings = openings}, {first, openings}, {other, openings}};
  ASSERT_TRUE(store_->StoreOpenings(logs).ok());
  EXPECT_EQ(*other_store_->FindOpenings(first), openings);
  EXPECT_TRUE(other_store_->FindOpenings({.topic_id = 1})->empty());
  ASSERT_TRUE(store_->DeleteTopic("orders", first.topic_id).ok());
  EXPECT_TRUE(other_store_->FindOpenings(first)->empty());
  EXPECT_EQ(*other_store_->FindOpenings(other), openings);
}

// Committed offsets.
class CommittedOffsetsContract : public MetadataStoreContract {
 protected:
  std::optional<std::uint64_t> Find(const std::string& group, const TopicIdPartition& partition) {
    return other_store_->FindCommittedOffset(group, partition).value();
  }
  std::vector<CommittedOffset> List(const OffsetFilter& filter = {}) {
    return other_store_->ListCommittedOffsets(filter).value();
  }

  const TopicIdPartition first_ = {.topic_id = Create("orders"), .partition = 0};
  const TopicIdPartition second_ = {.topic_id = first_.topic_id, .partition = 1};
  const TopicIdPartition other_ = {.topic_id = Create("payments"), .partition = 0};
};

TEST_P(CommittedOffsetsContract, AreKeptByGroupAndPartition) {
  EXPECT_EQ(Find("g", first_), std::nullopt);
  ASSERT_TRUE(store_->CommitOffset("g", first_, 7).ok());
  ASSERT_TRUE(store_->CommitOffset("h", first_, 8).ok());
  EXPECT_EQ(Find("g", first_), 7U);
  EXPECT_EQ(Find("h", first_), 8U);
  EXPECT_EQ(Find("g", second_), std::nullopt);
}

TEST_P(CommittedOffsetsContract, NameTheMemberThatCommittedLast) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 7, "member").ok());
  EXPECT_EQ(List(), (std::vector<CommittedOffset>{{"g", first_, 7, "member"}}));
  ASSERT_TRUE(store_->CommitOffset("g", first_, 5).ok());
  EXPECT_EQ(List(), (std::vector<CommittedOffset>{{"g", first_, 5}}));
}

TEST_P(CommittedOffsetsContract, MayGoBack) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 7).ok());
  ASSERT_TRUE(store_->CommitOffset("g", first_, 2).ok());
  EXPECT_EQ(Find("g", first_), 2U);
}

TEST_P(CommittedOffsetsContract, AreRefusedWhereTheyCannotBeKept) {
  EXPECT_TRUE(store_->CommitOffset("g", first_, (std::uint64_t{1} << 63) - 1).ok());
  EXPECT_EQ(store_->CommitOffset("g", first_, std::uint64_t{1} << 63).code(), StatusCode::kInvalidArgument);
}

TEST_P(CommittedOffsetsContract, EndWithTheLifeOfTheirTopic) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 7).ok());
  ASSERT_TRUE(store_->CommitOffset("g", other_, 8).ok());
  ASSERT_TRUE(store_->DeleteTopic("orders", first_.topic_id).ok());
  EXPECT_EQ(store_->CommitOffset("g", first_, 7).code(), StatusCode::kNotFound);
  EXPECT_EQ(Find("g", {.topic_id = Create("orders"), .partition = 0}), std::nullopt);
  EXPECT_EQ(List(), (std::vector<CommittedOffset>{{"g", other_, 8}}));
}

TEST_P(CommittedOffsetsContract, AreListedByGroupAndByTopic) {
  ASSERT_TRUE(store_->CommitOffset("h", first_, 1).ok());
  ASSERT_TRUE(store_->CommitOffset("g", other_, 2).ok());
  ASSERT_TRUE(store_->CommitOffset("g", second_, 3).ok());
  using All = std::vector<CommittedOffset>;
  EXPECT_EQ(List(), (All{{"g", second_, 3}, {"g", other_, 2}, {"h", first_, 1}}));
  EXPECT_EQ(List({.group = "g"}), (All{{"g", second_, 3}, {"g", other_, 2}}));
  EXPECT_EQ(List({.topic_id = first_.topic_id}), (All{{"g", second_, 3}, {"h", first_, 1}}));
  EXPECT_EQ(List({.group = "g", .topic_id = other_.topic_id}), (All{{"g", other_, 2}}));
}

TEST_P(CommittedOffsetsContract, AreSetAndDeletedTogether) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 1).ok());
  const std::vector<OffsetChange> changes = {{.group = "g", .partition = first_},
                                             {.group = "g", .partition = second_, .offset = 2}};
  ASSERT_TRUE(store_->ChangeOffsets(changes).ok());
  EXPECT_EQ(List(), (std::vector<CommittedOffset>{{"g", second_, 2}}));
}

TEST_P(CommittedOffsetsContract, MayBeDeletedWhereTheTopicIsGone) {
  const OffsetChange deletion = {.group = "g", .partition = {.topic_id = 1}};
  EXPECT_TRUE(store_->ChangeOffsets({&deletion, 1}).ok());
}

TEST_P(CommittedOffsetsContract, AreLeftAloneWhenOneOfThemCannotBeSet) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 1).ok());
  const std::vector<OffsetChange> changes = {{.group = "g", .partition = first_},
                                             {.group = "g", .partition = {.topic_id = 1}, .offset = 2}};
  EXPECT_EQ(store_->ChangeOffsets(changes).code(), StatusCode::kNotFound);
  EXPECT_EQ(List(), (std::vector<CommittedOffset>{{"g", first_, 1}}));
}

TEST_P(CommittedOffsetsContract, AreThereWhenTheStoreIsOpenedAgain) {
  ASSERT_TRUE(store_->CommitOffset("g", first_, 7).ok());
  Acquire("a");
  store_.reset();
  other_store_ = backend_->Open();
  EXPECT_EQ(other_store_->ListTopics()->size(), 2U);
  EXPECT_EQ(Find("g", first_), 7U);
  EXPECT_EQ(other_store_->FindLease(orders_).value()->holder, "a");
}

}  // namespace streamhouse::agent
