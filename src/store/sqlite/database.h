#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/id.h"
#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sewa::store::sqlite {

enum class Access {
    kWrite,
    kCommit,  // As kWrite, often and in small transactions.
    kRead,
    kCheckpoint,
};

// Why a connection stopped answering.
enum class Failure {
    kNone,
    kDisk,    // Full, failing, busy, gone: the same work may succeed later.
    kBroken,  // A rule of the schema or a limit of SQLite was hit: a bug of ours.
};

struct OpenOptions {
    std::string path;  // A file, or a URI ("file:/name?vfs=memdb" is shared inside the process).
    Access access = Access::kWrite;
    std::int64_t cache_bytes = 32 << 20;
    std::int64_t mmap_bytes = 0;
    int busy_timeout_ms = 5000;
};

// One SQLite connection. Not synchronised: one thread at a time.
//
// A failing statement makes the connection sticky-failed: statements then answer "no row" without
// touching the file until `recover()`. So a command reads straight through, and whoever runs it
// looks at `failure()` once, before anything it decided is believed.
class Database {
public:
    static Result<std::unique_ptr<Database>> open(OpenOptions const& options);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    // Runs SQL that returns nothing. False: failed.
    bool exec(char const* sql);

    Failure failure() const { return failure_; }
    std::string const& failure_text() const { return failure_text_; }

    // Rolls back what is open and answers again.
    void recover();

    // Copies WAL frames into the file without waiting for anyone.
    struct WalState {
        std::int64_t frames = 0;  // In the WAL.
        std::int64_t copied = 0;  // Of them, already in the file.
        bool is_ok = false;
    };
    enum class Checkpoint { kPassive, kRestart, kTruncate };
    WalState checkpoint(Checkpoint mode);

    // Frames in the WAL after this connection's last commit.
    std::int64_t wal_frames() const { return wal_frames_; }
    std::int64_t wal_frame_bytes() const { return page_bytes_ + 24; }

    void set_busy_timeout(int milliseconds);
    std::int64_t pragma(char const* sql);

    // Fails what runs because of something that only its caller can see.
    void fail(std::string text);

    sqlite3* raw() const { return db_; }
    void note(int result_code);

private:
    Database() = default;
    Status configure(OpenOptions const& options);

    sqlite3* db_ = nullptr;
    Failure failure_ = Failure::kNone;
    std::string failure_text_;
    std::int64_t wal_frames_ = 0;
    std::int64_t page_bytes_ = 4096;
};

class Statement;

// Binds 0 and the empty text as NULL.
template <typename T>
struct OrNull {
    T value;
};
template <typename T>
OrNull(T) -> OrNull<T>;

// The rows of one running query; ends it when destroyed. Views are valid until the next `next()`.
class Rows {
public:
    explicit Rows(Statement& statement) : statement_(statement) {}
    Rows(Rows const&) = delete;
    Rows& operator=(Rows const&) = delete;
    ~Rows();

    bool next();
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;
    std::string string(int column) const { return std::string(text(column)); }
    template <typename IdType>
    IdType id(int column) const {
        return IdType{integer(column)};
    }

private:
    Statement& statement_;
};

// A prepared statement, compiled at first use. Lives as long as its Database at most.
class Statement {
public:
    Statement(Database& db, char const* sql) : db_(db), sql_(sql) {}
    ~Statement();
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;

    // Texts must live until the rows are read.
    template <typename... Args>
    Rows query(Args const&... args) {
        bind_all(args...);
        return Rows(*this);
    }

    // The first column of the first row; 0: there is none, or it failed.
    template <typename... Args>
    std::int64_t number(Args const&... args) {
        auto rows = query(args...);
        return rows.next() ? rows.integer(0) : 0;
    }

    // For what has no rows: runs it and returns how many rows changed; 0 when failed.
    template <typename... Args>
    std::int64_t run(Args const&... args) {
        bind_all(args...);
        return finish();
    }

private:
    friend class Rows;

    template <typename... Args>
    void bind_all(Args const&... args) {
        if (!prepare()) return;
        int index = 0;
        (bind(++index, args), ...);
    }
    bool prepare();
    std::int64_t finish();
    bool step();
    void reset();

    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, std::int64_t{value}); }
    void bind(int index, std::uint32_t value) { bind(index, std::int64_t{value}); }
    void bind(int index, bool value) { bind(index, std::int64_t{value}); }
    void bind(int index, std::string_view value);
    void bind(int index, std::string const& value) { bind(index, std::string_view(value)); }
    void bind(int index, std::nullptr_t);
    void bind(int index, std::optional<bool> value) {
        value ? bind(index, *value) : bind(index, nullptr);
    }
    template <typename Tag>
    void bind(int index, Id<Tag> id) {
        bind(index, id.value);
    }
    template <typename Enum>
    requires std::is_enum_v<Enum>
    void bind(int index, Enum value) { bind(index, static_cast<std::int64_t>(value)); }
    template <typename Tag>
    void bind(int index, OrNull<Id<Tag>> maybe) {
        maybe.value ? bind(index, maybe.value) : bind(index, nullptr);
    }
    void bind(int index, OrNull<std::string_view> maybe) {
        maybe.value.empty() ? bind(index, nullptr) : bind(index, maybe.value);
    }

    Database& db_;
    char const* sql_;
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace sewa::store::sqlite
