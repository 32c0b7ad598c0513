#include "agent/metadata/sqlite_database.h"

#include <cstddef>
#include <string>
#include <utility>

#include "agent/metadata/row_checksum.h"

namespace streamhouse::agent {
namespace {

// From the start of SQLite's time, noon of 24 November 4714 BC, to the Unix epoch.
constexpr std::int64_t kJulianEpochMilliseconds = 210866760000000;

std::int64_t SqliteTimeMilliseconds() {
  sqlite3_vfs* const system = ::sqlite3_vfs_find(nullptr);
  sqlite3_int64 julian_milliseconds = 0;
  system->xCurrentTimeInt64(system, &julian_milliseconds);
  return julian_milliseconds - kJulianEpochMilliseconds;
}

// Higher bits of an extended result code are details.
constexpr int kPrimaryCodeMask = 0xFF;

StatusCode CodeOf(int code) {
  switch (code & kPrimaryCodeMask) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return StatusCode::kUnavailable;
    case SQLITE_FULL:
      return StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StatusCode::kDataLoss;
    default:
      return StatusCode::kInternal;
  }
}

std::string_view TextOf(const unsigned char* text, int bytes) {
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes)};
}

ValueType TypeOf(int type) {
  return static_cast<ValueType>(type);
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                             std::chrono::milliseconds busy_timeout, WallClock clock) {
  std::unique_ptr<SqliteDatabase> database(
      new SqliteDatabase(path, busy_timeout, clock ? std::move(clock) : WallClock(SqliteTimeMilliseconds)));
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = ::sqlite3_open_v2(path.c_str(), &database->handle_, kFlags, nullptr);
  if (code == SQLITE_OK) code = ::sqlite3_busy_timeout(database->handle_, static_cast<int>(busy_timeout.count()));
  if (code == SQLITE_OK) {
    code = ::sqlite3_create_function_v2(database->handle_, "now_ms", 0, SQLITE_UTF8, database.get(),
                                        &SqliteDatabase::NowMilliseconds, nullptr, nullptr, nullptr);
  }
  if (code == SQLITE_OK) {
    constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    constexpr int kAnyNumber = -1;
    code = ::sqlite3_create_function_v2(database->handle_, "row_checksum", kAnyNumber, kPure, nullptr,
                                        &SqliteDatabase::ChecksumRow, nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) return database->ErrorOf(code);
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  ::sqlite3_close_v2(handle_);
}

void SqliteDatabase::NowMilliseconds(sqlite3_context* context, int /*argument_count*/, sqlite3_value** /*arguments*/) {
  const auto* const self = static_cast<SqliteDatabase*>(::sqlite3_user_data(context));
  ::sqlite3_result_int64(context, self->clock_());
}

void SqliteDatabase::ChecksumRow(sqlite3_context* context, int argument_count, sqlite3_value** arguments) {
  RowChecksum checksum;
  for (int i = 0; i < argument_count; ++i) {
    const ValueType type = TypeOf(::sqlite3_value_type(arguments[i]));
    const auto* const text = ::sqlite3_value_text(arguments[i]);
    checksum.Add(type, TextOf(text, ::sqlite3_value_bytes(arguments[i])));
  }
  ::sqlite3_result_int64(context, checksum.value());
}

Status SqliteDatabase::Execute(const char* sql) {
  const int code = ::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status::Ok() : ErrorOf(code);
}

Status SqliteDatabase::ExecuteWhenFree(const char* sql) {
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout_;
  for (;;) {
    const int code = ::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return Status::Ok();
    if ((code & kPrimaryCodeMask) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) {
      return ErrorOf(code);
    }
    ::sqlite3_sleep(1);
  }
}

Status SqliteDatabase::CopyTo(const std::string& path) {
  auto target = Open(path, busy_timeout_, {});
  if (!target.ok()) return target.status();
  sqlite3_backup* const backup = ::sqlite3_backup_init((*target)->handle_, "main", handle_, "main");
  if (backup == nullptr) return (*target)->ErrorOf(::sqlite3_errcode((*target)->handle_));
  constexpr int kAllPages = -1;
  const int stepped = ::sqlite3_backup_step(backup, kAllPages);
  const int finished = ::sqlite3_backup_finish(backup);
  const int primary = stepped & kPrimaryCodeMask;
  // These two are errors of this database, as no other connection has the copy. By its
  // documentation, finish() does not report them.
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    return {CodeOf(stepped), path_ + ": " + ::sqlite3_errstr(stepped)};
  }
  const int code = stepped == SQLITE_DONE ? finished : stepped;
  return code == SQLITE_OK ? Status::Ok() : (*target)->ErrorOf(code);
}

Status SqliteDatabase::ErrorOf(int code) const {
  const char* const reason = handle_ == nullptr ? ::sqlite3_errstr(code) : ::sqlite3_errmsg(handle_);
  return {CodeOf(code), path_ + ": " + reason};
}

Result<SqliteStatement> SqliteStatement::Prepare(SqliteDatabase& database, std::string_view sql) {
  SqliteStatement statement;
  statement.database_ = &database;
  const int code = ::sqlite3_prepare_v3(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement.handle_, nullptr);
  if (code != SQLITE_OK) return database.ErrorOf(code);
  return statement;
}

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : database_(other.database_),
      handle_(std::exchange(other.handle_, nullptr)),
      bound_(std::exchange(other.bound_, Status::Ok())) {}

SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(handle_, other.handle_);
  std::swap(bound_, other.bound_);
  return *this;
}

SqliteStatement::~SqliteStatement() {
  ::sqlite3_finalize(handle_);
}

SqliteStatement& SqliteStatement::Bind(int parameter, std::int64_t value) {
  NoteBound(::sqlite3_bind_int64(handle_, parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int parameter, std::string_view text) {
  NoteBound(::sqlite3_bind_text64(handle_, parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

// The message is taken at once: the next call of SQLite replaces it.
void SqliteStatement::NoteBound(int code) {
  metrics::Check(code != SQLITE_RANGE, "a statement has the parameter that is bound");
  metrics::Check(code != SQLITE_MISUSE, "a statement is reset before a parameter is bound");
  if (code != SQLITE_OK && bound_.ok()) bound_ = database_->ErrorOf(code);
}

Result<SqliteStatement::Row> SqliteStatement::Step() {
  if (!bound_.ok()) return std::exchange(bound_, Status::Ok());
  const int code = ::sqlite3_step(handle_);
  if (code == SQLITE_ROW) return Row::kHere;
  if (code == SQLITE_DONE) return Row::kDone;
  Status error = database_->ErrorOf(code);
  Reset();
  return error;
}

std::int64_t SqliteStatement::Integer(int column) const {
  return ::sqlite3_column_int64(handle_, column);
}

std::string SqliteStatement::Text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(::sqlite3_column_text(handle_, column));
  return {text, static_cast<std::size_t>(::sqlite3_column_bytes(handle_, column))};
}

int SqliteStatement::ColumnCount() const {
  return ::sqlite3_column_count(handle_);
}

void SqliteStatement::Reset() {
  bound_ = Status::Ok();
  ::sqlite3_reset(handle_);
}

Status SqliteStatement::CheckRow(std::string_view table) const {
  const int checksum_column = ::sqlite3_column_count(handle_) - 1;
  RowChecksum checksum;
  std::string row;
  checksum.Add(ValueType::kText, table);
  for (int i = 0; i < checksum_column; ++i) {
    const ValueType type = TypeOf(::sqlite3_column_type(handle_, i));
    const auto* const value = ::sqlite3_column_text(handle_, i);
    const std::string_view text = TextOf(value, ::sqlite3_column_bytes(handle_, i));
    checksum.Add(type, text);
    row.append(i == 0 ? "" : ", ").append(text);
  }
  if (Integer(checksum_column) == checksum.value()) return Status::Ok();
  return {StatusCode::kDataLoss, database_->path() + ": damaged row of table " + std::string(table) + ": " + row};
}

int SqliteStatement::Changes() const {
  return ::sqlite3_changes(database_->handle_);
}

Status PrepareAll(SqliteDatabase& database, std::initializer_list<WantedStatement> wanted) {
  for (const WantedStatement& one : wanted) {
    auto statement = SqliteStatement::Prepare(database, one.sql);
    if (!statement.ok()) return statement.status();
    one.statement = *std::move(statement);
  }
  return Status::Ok();
}

}  // namespace streamhouse::agent
