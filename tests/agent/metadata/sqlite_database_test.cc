#include "agent/metadata/sqlite_database.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/temporary_folder.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;

// A text of zeros above SQLite's limit of a value. It takes no memory, as nothing reads it.
class HugeText {
 public:
  HugeText() = default;
  ~HugeText() { ::munmap(start_, kBytes); }
  HugeText(const HugeText&) = delete;
  HugeText& operator=(const HugeText&) = delete;
  std::string_view view() const { return {static_cast<const char*>(start_), kBytes}; }

 private:
  static constexpr std::size_t kBytes = 1'000'000'001;
  void* const start_ = ::mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
};

class SqliteDatabaseTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteDatabase> Open(WallClock clock = {}) {
    return *SqliteDatabase::Open(path_, milliseconds(1), std::move(clock));
  }
  static std::int64_t Query(SqliteDatabase& database, const char* sql) {
    auto statement = SqliteStatement::Prepare(database, sql);
    EXPECT_EQ(statement->Step().value(), SqliteStatement::Row::kHere);
    return statement->Integer(0);
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "db";
};

TEST_F(SqliteDatabaseTest, BindsValuesAndReadsThemBack) {
  auto database = Open();
  auto statement = SqliteStatement::Prepare(*database, "SELECT ?1, ?2");
  ASSERT_TRUE(statement.ok());
  statement->Bind(1, -5).Bind(2, "it's; --");
  EXPECT_EQ(statement->Step().value(), SqliteStatement::Row::kHere);
  EXPECT_EQ(statement->Integer(0), -5);
  EXPECT_EQ(statement->Text(1), "it's; --");
  EXPECT_EQ(statement->Step().value(), SqliteStatement::Row::kDone);
}

TEST_F(SqliteDatabaseTest, CountsChangedRows) {
  auto database = Open();
  ASSERT_TRUE(database->Execute("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)").ok());
  auto statement = SqliteStatement::Prepare(*database, "DELETE FROM t");
  ASSERT_TRUE(statement->Step().ok());
  EXPECT_EQ(statement->Changes(), 2);
}

TEST_F(SqliteDatabaseTest, TellsTheTimeOfSqlite) {
  auto database = Open();
  const std::int64_t difference = Query(*database, "SELECT now_ms() / 1000 - CAST(strftime('%s', 'now') AS INTEGER)");
  EXPECT_GE(difference, -1);
  EXPECT_LE(difference, 1);
}

TEST_F(SqliteDatabaseTest, TellsTheTimeOfItsClock) {
  auto database = Open([] { return std::int64_t{42}; });
  EXPECT_EQ(Query(*database, "SELECT now_ms()"), 42);
}

TEST_F(SqliteDatabaseTest, ReportsSqlThatDoesNotCompile) {
  auto database = Open();
  EXPECT_EQ(SqliteStatement::Prepare(*database, "SELEKT").status().code(), StatusCode::kInternal);
}

TEST_F(SqliteDatabaseTest, StepReportsAValueThatWasNotBoundAndDoesNotRun) {
  const HugeText huge;
  auto database = Open();
  ASSERT_TRUE(database->Execute("CREATE TABLE t (x, y)").ok());
  auto insert = SqliteStatement::Prepare(*database, "INSERT INTO t VALUES (?1, ?2)");
  const Status stepped = insert->Bind(1, huge.view()).Bind(2, 7).Step().status();
  EXPECT_EQ(stepped.code(), StatusCode::kInternal);
  EXPECT_EQ(stepped.message(), path_ + ": string or blob too big");
  EXPECT_EQ(Query(*database, "SELECT count(*) FROM t"), 0);
  EXPECT_TRUE(insert->Bind(1, "short").Bind(2, 7).Step().ok());
}

TEST_F(SqliteDatabaseTest, ResetForgetsAValueThatWasNotBound) {
  const HugeText huge;
  auto database = Open();
  auto select = SqliteStatement::Prepare(*database, "SELECT ?1");
  select->Bind(1, huge.view());
  select->Reset();
  EXPECT_TRUE(select->Bind(1, 7).Step().ok());
}

TEST_F(SqliteDatabaseTest, EndsTheProgramForAParameterThatTheStatementDoesNotHave) {
  auto database = Open();
  auto select = SqliteStatement::Prepare(*database, "SELECT ?1");
  EXPECT_DEATH(select->Bind(2, 7), "a statement has the parameter that is bound");
}

TEST_F(SqliteDatabaseTest, EndsTheProgramForAValueThatIsBoundBeforeAReset) {
  auto database = Open();
  auto select = SqliteStatement::Prepare(*database, "SELECT ?1");
  ASSERT_TRUE(select->Bind(1, 7).Step().ok());
  EXPECT_DEATH(select->Bind(1, 8), "a statement is reset before a parameter is bound");
}

TEST_F(SqliteDatabaseTest, ReportsAFolderThatIsNotThere) {
  const Status status = SqliteDatabase::Open(folder_ / "none/db", milliseconds(1), {}).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find(folder_ / "none/db"), std::string::npos);
}

TEST_F(SqliteDatabaseTest, ReportsAFileThatIsNoDatabase) {
  WriteRawFile(path_, std::string(4096, 'x'));
  EXPECT_EQ(Open()->Execute("CREATE TABLE t (x)").code(), StatusCode::kDataLoss);
}

TEST_F(SqliteDatabaseTest, IsUnavailableWhileAnotherConnectionWrites) {
  auto writer = Open();
  auto database = Open();
  ASSERT_TRUE(writer->Execute("BEGIN IMMEDIATE").ok());
  EXPECT_EQ(database->Execute("BEGIN IMMEDIATE").code(), StatusCode::kUnavailable);
  EXPECT_EQ(database->ExecuteWhenFree("BEGIN IMMEDIATE").code(), StatusCode::kUnavailable);
  ASSERT_TRUE(writer->Execute("COMMIT").ok());
  EXPECT_TRUE(database->ExecuteWhenFree("BEGIN IMMEDIATE").ok());
}

TEST_F(SqliteDatabaseTest, CopiesNothingWhileAnotherConnectionKeepsReadersOut) {
  auto writer = Open();
  auto database = Open();
  ASSERT_TRUE(writer->Execute("CREATE TABLE t (x); BEGIN EXCLUSIVE").ok());
  const Status copied = database->CopyTo(folder_ / "copy");
  EXPECT_EQ(copied.code(), StatusCode::kUnavailable);
  EXPECT_EQ(copied.message(), path_ + ": database is locked");
  ASSERT_TRUE(writer->Execute("COMMIT").ok());
  EXPECT_TRUE(database->CopyTo(folder_ / "copy").ok());
}

}  // namespace
}  // namespace streamhouse::agent
