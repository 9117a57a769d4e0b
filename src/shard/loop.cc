#include "shard/loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/assert.h"

namespace sewa::shard {

namespace {

constexpr int kWaitMsMax = 60'000;

// A peer that is gone must be an error of one write, not a signal: sendfile and OpenSSL cannot be
// told so call by call.
void block_broken_pipe_signal() {
    thread_local bool const done = [] {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGPIPE);
        return pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0;
    }();
    SEWA_ASSERT(done);
}

void count(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    // One writer: no locked instruction needed.
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

Loop::Loop(ShardId id, Clock const& clock, LoopOptions options)
    : id_(id),
      clock_(clock),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      now_(clock.mono()),
      wall_now_(clock.wall()),
      timers_(clock.mono()),
      mailbox_(options.mailbox_tasks_max) {
    SEWA_ASSERT(epoll_fd_ >= 0);
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    SEWA_ASSERT(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, mailbox_.wake_fd(), &event) == 0);
}

Loop::~Loop() {
    close(epoll_fd_);
}

Status Loop::watch(int fd, std::uint32_t events, FdHandler& handler) {
    epoll_event event{events, {.ptr = &handler}};
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0) return {};
    return fail(Errc::kUnavailable, std::string("cannot watch a descriptor: ") + strerror(errno));
}

void Loop::rewatch(int fd, std::uint32_t events, FdHandler& handler) {
    epoll_event event{events, {.ptr = &handler}};
    SEWA_ASSERT(epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0);
}

void Loop::unwatch(int fd, FdHandler& handler) {
    SEWA_ASSERT(epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr) == 0);
    for (std::size_t i = ready_next_; i < ready_count_; ++i) {
        if (ready_[i].handler == &handler) ready_[i].handler = nullptr;
    }
}

void Loop::add_hook(TurnStage stage, TurnHook& hook) {
    hooks_[static_cast<std::size_t>(stage)].push_back(&hook);
}

void Loop::remove_hook(TurnHook& hook) {
    for (auto& stage : hooks_) std::erase(stage, &hook);
}

void Loop::run() {
    while (!is_stopping_.load(std::memory_order_relaxed)) turn(-1);
}

void Loop::stop() {
    is_stopping_.store(true, std::memory_order_relaxed);
    mailbox_.wake();
}

void Loop::turn(int wait_ms_max) {
    ShardScope const scope(id_);
    block_broken_pipe_signal();
    wait(wait_ms_max);
    read_clock();
    dispatch();
    timers_.advance(now_);
    count(counters_.tasks, mailbox_.drain());
    for (std::size_t stage = 0; stage < kTurnStages; ++stage) {
        for (auto* hook : hooks_[stage]) hook->on_turn_end(static_cast<TurnStage>(stage));
    }
    count(counters_.turns, 1);
}

void Loop::wait(int wait_ms_max) {
    std::array<epoll_event, kEventsMax> events;
    int const limit = wait_ms(wait_ms_max);
    int const found = epoll_wait(epoll_fd_, events.data(), kEventsMax, limit);
    mailbox_.awake();
    ready_count_ = ready_next_ = 0;
    for (int i = 0; i < found; ++i) {
        auto* handler = static_cast<FdHandler*>(events[i].data.ptr);
        if (handler == nullptr) {
            mailbox_.clear_wake();
        } else {
            ready_[ready_count_++] = {handler, events[i].events};
        }
    }
    count(counters_.events, ready_count_);
}

int Loop::wait_ms(int wait_ms_max) {
    if (std::exchange(skips_next_wait_, false) || wait_ms_max == 0) return 0;
    if (!mailbox_.prepare_sleep()) return 0;
    std::int64_t limit = wait_ms_max < 0 ? kWaitMsMax : wait_ms_max;
    if (auto const due = timers_.next_due()) {
        limit = std::clamp<std::int64_t>(*due - clock_.mono(), 0, limit);
    }
    return static_cast<int>(limit);
}

void Loop::dispatch() {
    while (ready_next_ < ready_count_) {
        auto const [handler, events] = ready_[ready_next_++];
        if (handler != nullptr) handler->on_ready(events);
    }
}

void Loop::read_clock() {
    now_ = clock_.mono();
    wall_now_ = clock_.wall();
}

}  // namespace sewa::shard
