#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "app/server.h"
#include "bench/prepare.h"
#include "core/sanitizer.h"
#include "server_fixture.h"

// The server runs inside this program, so that `malloc` can count for its shard. The sanitizers
// have a `malloc` of their own.
#define SEWA_COUNTS (!SEWA_ADDRESS_SANITIZED && !SEWA_THREAD_SANITIZED)

namespace {

std::atomic<bool> counts{false};
std::atomic<std::uint64_t> allocations{0};
std::atomic<std::uint64_t> allocations_in_all{0};  // Of all threads, all the time.

[[maybe_unused]] void count() {
    allocations_in_all.fetch_add(1, std::memory_order_relaxed);
    if (!counts.load(std::memory_order_relaxed)) return;
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    if (std::string_view(name.data()).starts_with("shard-")) allocations.fetch_add(1);
}

}  // namespace

#if SEWA_COUNTS
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* bytes, std::size_t size);

void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
void* realloc(void* bytes, std::size_t size) {
    count();
    return __libc_realloc(bytes, size);
}
}
#endif

namespace sewa::e2e {
namespace {

class Allocations : public ServerTest {
protected:
    // A room and everybody in it, connected.
    void enter(std::uint32_t members) {
        layout_ = {1, members, false};
        config_.data_dir = folder().file(fmt::format("room-{}", members));
        ASSERT_TRUE(bench::prepare(config_.data_dir, layout_, 0, [](std::uint64_t) {}));
        config_.listen = config_.metrics.listen = "127.0.0.1:0";
        config_.jwt.secret_file = folder().write("secret", kSecret);
        config_.limits.frames_per_minute = config_.limits.user_writes_per_minute = 0;
        config_.limits.conversation_messages_per_minute = 0;
        auto started = app::Server::start(config_);
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
        for (std::uint32_t member = 0; member < members; ++member) {
            auto const user = layout_.user(0, member).value;
            clients_.emplace_back(server_->address().port,
                                  WsOptions{.target = "/ws/messaging/?v=1&token=" + token(user)});
            ASSERT_TRUE(clients_.back().is_alive());
        }
    }

    // One after the other, each seen by everybody before the next.
    void talk(int messages) {
        for (int i = 0; i < messages; ++i) {
            clients_.front().send(message(layout_.id(0).value, kText, next_key()));
            clients_.front().expect("ack");
            for (auto& client : clients_) {
                if (&client != &clients_.front()) client.expect("message");
            }
        }
    }

    // As long as a UUID.
    std::string next_key() { return fmt::format("0b9e1c52-7a31-4e0c-9d61-{:012}", next_key_++); }

    std::uint64_t allocations_of(std::uint32_t members, int messages) {
        enter(members);
        talk(80);  // Queues, pools and caches find their size.
        allocations = 0;
        counts = true;
        talk(messages);
        counts = false;
        clients_.clear();
        server_->stop();
        return allocations;
    }

private:
    static constexpr char kText[] =
        "Namaste! The tap in the kitchen drips again. Could you come on Thursday after four?";

    bench::Layout layout_;
    config::Config config_;
    std::unique_ptr<app::Server> server_;
    std::vector<WsClient> clients_;
    int next_key_ = 0;
};

TEST_F(Allocations, a_message_and_its_deliveries_make_none_in_steady_state) {
    if (!SEWA_COUNTS) GTEST_SKIP() << "a sanitizer allocates otherwise";
    constexpr int kMessages = 150;
    // Now and then the pool makes a queue that it gave back: not a message's. One for each message
    // would be 150.
    constexpr std::uint64_t kOther = 5;
    EXPECT_LE(allocations_of(4, kMessages), kOther) << "for a message in a room of 4";
    EXPECT_LE(allocations_of(36, kMessages), kOther) << "for a message in a room of 36";
    EXPECT_GT(allocations_in_all, 0U) << "nothing was counted";
}

}  // namespace
}  // namespace sewa::e2e
