#include "shard/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <bit>

#include "core/assert.h"

namespace sewa::shard {

namespace {

std::size_t ring_size(std::size_t tasks_max) {
    return std::bit_ceil(tasks_max < 2 ? std::size_t{2} : tasks_max);
}

}  // namespace

Mailbox::Mailbox(std::size_t tasks_max)
    : mask_(ring_size(tasks_max) - 1),
      lap_shift_(std::countr_zero(ring_size(tasks_max))),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      cells_(std::make_unique<Cell[]>(ring_size(tasks_max))) {
    SEWA_ASSERT(wake_fd_ >= 0);
}

Mailbox::~Mailbox() {
    close(wake_fd_);
}

bool Mailbox::try_post(Task&& task) {
    std::uint64_t ticket = tail_.load(std::memory_order_relaxed);
    while (true) {
        auto const turn = cell_at(ticket).turn.load(std::memory_order_acquire);
        if (turn == free_turn(ticket)) {
            if (tail_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_relaxed)) break;
            continue;
        }
        auto const seen = ticket;
        ticket = tail_.load(std::memory_order_relaxed);
        if (turn < free_turn(seen) && ticket == seen) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
    }
    Cell& cell = cell_at(ticket);
    cell.task = std::move(task);
    // Sequentially consistent with `prepare_sleep`: either the owner sees this task before it
    // sleeps, or this thread sees that it sleeps.
    cell.turn.store(free_turn(ticket) + 1, std::memory_order_seq_cst);
    if (is_sleeping_.load(std::memory_order_seq_cst) && is_sleeping_.exchange(false)) wake();
    return true;
}

void Mailbox::wake() {
    std::uint64_t const one = 1;
    // Fails only when the counter is full, and then the owner is signalled anyway.
    [[maybe_unused]] auto const written = write(wake_fd_, &one, sizeof one);
}

std::size_t Mailbox::drain() {
    auto const end = tail_.load(std::memory_order_acquire);
    std::size_t ran = 0;
    while (head_ != end) {
        Cell& cell = cell_at(head_);
        if (cell.turn.load(std::memory_order_acquire) != free_turn(head_) + 1) break;
        Task task = std::move(cell.task);
        cell.turn.store(free_turn(head_) + 2, std::memory_order_release);
        ++head_;
        ++ran;
        task();
    }
    return ran;
}

bool Mailbox::prepare_sleep() {
    is_sleeping_.store(true, std::memory_order_seq_cst);
    auto const turn = cell_at(head_).turn.load(std::memory_order_seq_cst);
    if (turn != free_turn(head_) + 1) return true;
    awake();
    return false;
}

void Mailbox::awake() {
    is_sleeping_.store(false, std::memory_order_relaxed);
}

void Mailbox::clear_wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] auto const got = read(wake_fd_, &count, sizeof count);
}

}  // namespace sewa::shard
