#include "store/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "core/assert.h"
#include "store/sqlite/gathering_vfs.h"
#include "store/sqlite/page_cache.h"
#include "store/sqlite/paced_vfs.h"

namespace sewa::store::sqlite {

namespace {

int open_flags(OpenOptions const& options) {
    int const mode = options.access == Access::kRead ? SQLITE_OPEN_READONLY
                                                     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    return mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
}

Failure classify(int result_code) {
    switch (result_code & 0xFF) {
        case SQLITE_CONSTRAINT:
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_TOOBIG:
            return Failure::kBroken;
        default:
            return Failure::kDisk;
    }
}

// SQLite counts its memory under one lock for the whole process. A thread of low priority that is
// set aside with this lock holds up every commit.
void forgo_memory_statistics() {
    static bool const is_done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
    static_cast<void>(is_done);  // Too late only where somebody else uses SQLite already.
}

char const* file_layer(Access access) {
    if (access == Access::kCommit) return gathering_vfs();
    return access == Access::kCheckpoint ? paced_vfs() : nullptr;
}

int on_wal(void* frames, sqlite3*, char const*, int wal_frames) {
    *static_cast<std::int64_t*>(frames) = wal_frames;
    return SQLITE_OK;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(OpenOptions const& options) {
    forgo_memory_statistics();
    install_page_cache();
    std::unique_ptr<Database> database(new Database);
    int const opened = sqlite3_open_v2(options.path.c_str(), &database->db_, open_flags(options),
                                       file_layer(options.access));
    if (opened != SQLITE_OK) {
        return sewa::fail(Errc::kUnavailable,
                          fmt::format("cannot open {}: {}", options.path, sqlite3_errstr(opened)));
    }
    SEWA_CHECK(database->configure(options));
    return database;
}

Status Database::configure(OpenOptions const& options) {
    set_busy_timeout(options.busy_timeout_ms);
    if (options.access != Access::kRead) {
        // Takes effect in a new file only, and before the journal mode is set.
        exec("PRAGMA page_size = 4096");
        exec("PRAGMA journal_mode = WAL");
        exec("PRAGMA synchronous = FULL");
        exec("PRAGMA secure_delete = ON");
    }
    exec("PRAGMA foreign_keys = OFF");
    exec("PRAGMA temp_store = MEMORY");
    exec(fmt::format("PRAGMA cache_size = -{}", options.cache_bytes / 1024).c_str());
    exec(fmt::format("PRAGMA mmap_size = {}", options.mmap_bytes).c_str());
    page_bytes_ = pragma("PRAGMA page_size");
    // Also switches SQLite's own checkpoint inside commits off.
    sqlite3_wal_hook(db_, on_wal, &wal_frames_);
    if (failure_ == Failure::kNone) return {};
    return sewa::fail(Errc::kUnavailable,
                      fmt::format("cannot use {}: {}", options.path, failure_text_));
}

Database::~Database() {
    SEWA_ASSERT(sqlite3_close(db_) == SQLITE_OK);
}

bool Database::exec(char const* sql) {
    if (failure_ != Failure::kNone) return false;
    note(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
    return failure_ == Failure::kNone;
}

void Database::note(int result_code) {
    if (result_code == SQLITE_OK || result_code == SQLITE_ROW || result_code == SQLITE_DONE) return;
    if (failure_ != Failure::kNone) return;
    failure_ = classify(result_code);
    failure_text_ = fmt::format("{} ({})", sqlite3_errmsg(db_), result_code);
}

void Database::fail(std::string text) {
    failure_ = Failure::kDisk;
    failure_text_ = std::move(text);
}

void Database::recover() {
    if (sqlite3_get_autocommit(db_) == 0) {
        sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    failure_ = Failure::kNone;
    failure_text_.clear();
}

Database::WalState Database::checkpoint(Checkpoint mode) {
    int const native = mode == Checkpoint::kPassive   ? SQLITE_CHECKPOINT_PASSIVE
                       : mode == Checkpoint::kRestart ? SQLITE_CHECKPOINT_RESTART
                                                      : SQLITE_CHECKPOINT_TRUNCATE;
    int frames = 0;
    int copied = 0;
    int const done = sqlite3_wal_checkpoint_v2(db_, nullptr, native, &frames, &copied);
    return {frames, copied, done == SQLITE_OK};
}

void Database::set_busy_timeout(int milliseconds) {
    sqlite3_busy_timeout(db_, milliseconds);
}

std::int64_t Database::pragma(char const* sql) {
    Statement statement(*this, sql);
    return statement.number();
}

Rows::~Rows() {
    statement_.reset();
}

bool Rows::next() {
    return statement_.step();
}

bool Rows::is_null(int column) const {
    return sqlite3_column_type(statement_.statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_.statement_, column);
}

std::string_view Rows::text(int column) const {
    auto const* bytes = sqlite3_column_blob(statement_.statement_, column);
    auto const size = sqlite3_column_bytes(statement_.statement_, column);
    return {static_cast<char const*>(bytes), static_cast<std::size_t>(size)};
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

bool Statement::prepare() {
    if (db_.failure() != Failure::kNone) return false;
    if (statement_ != nullptr) return true;
    db_.note(
        sqlite3_prepare_v3(db_.raw(), sql_, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
    return statement_ != nullptr;
}

std::int64_t Statement::finish() {
    step();
    std::int64_t const changed = db_.failure() == Failure::kNone ? sqlite3_changes64(db_.raw()) : 0;
    reset();
    return changed;
}

bool Statement::step() {
    if (db_.failure() != Failure::kNone) return false;
    int const result = sqlite3_step(statement_);
    db_.note(result);
    return result == SQLITE_ROW;
}

void Statement::reset() {
    sqlite3_reset(statement_);
}

void Statement::bind(int index, std::int64_t value) {
    db_.note(sqlite3_bind_int64(statement_, index, value));
}

void Statement::bind(int index, std::string_view value) {
    // A null pointer would bind NULL.
    char const* bytes = value.data() == nullptr ? "" : value.data();
    db_.note(
        sqlite3_bind_text64(statement_, index, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, std::nullptr_t) {
    db_.note(sqlite3_bind_null(statement_, index));
}

}  // namespace sewa::store::sqlite
