#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace sewa::shard {

// A move-only callable without arguments, for mail between shards. Callables of up to 88 bytes
// live inside; larger ones cost one allocation.
class Task {
public:
    Task() = default;

    template <typename F>
        requires(!std::same_as<std::remove_cvref_t<F>, Task> &&
                 std::invocable<std::remove_cvref_t<F>&>)
    Task(F&& callable) {  // NOLINT: any callable is a task
        using Callable = std::remove_cvref_t<F>;
        if constexpr (kFitsInside<Callable>) {
            new (storage_) Callable(std::forward<F>(callable));
            ops_ = &kInside<Callable>;
        } else {
            // Destroyed by kOutside.
            new (storage_) Callable*(new Callable(std::forward<F>(callable)));
            ops_ = &kOutside<Callable>;
        }
    }

    Task(Task&& other) noexcept { take(other); }
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    ~Task() { reset(); }

    explicit operator bool() const { return ops_ != nullptr; }
    void operator()() { ops_->run(storage_); }

private:
    static constexpr std::size_t kInsideBytes = 88;

    struct Ops {
        void (*run)(void*);
        void (*relocate)(void* from, void* to) noexcept;
        void (*destroy)(void*) noexcept;
    };

    template <typename C>
    static constexpr bool kFitsInside = sizeof(C) <= kInsideBytes && alignof(C) <= alignof(void*) &&
                                        std::is_nothrow_move_constructible_v<C>;

    template <typename C>
    static constexpr Ops kInside{
        [](void* at) { (*static_cast<C*>(at))(); },
        [](void* from, void* to) noexcept {
            new (to) C(std::move(*static_cast<C*>(from)));
            static_cast<C*>(from)->~C();
        },
        [](void* at) noexcept { static_cast<C*>(at)->~C(); },
    };

    template <typename C>
    static constexpr Ops kOutside{
        [](void* at) { (**static_cast<C**>(at))(); },
        [](void* from, void* to) noexcept { new (to) C*(*static_cast<C**>(from)); },
        [](void* at) noexcept { delete *static_cast<C**>(at); },
    };

    void take(Task& other) noexcept {
        if (other.ops_ == nullptr) return;
        other.ops_->relocate(other.storage_, storage_);
        ops_ = std::exchange(other.ops_, nullptr);
    }
    void reset() noexcept {
        if (ops_ != nullptr) std::exchange(ops_, nullptr)->destroy(storage_);
    }

    Ops const* ops_ = nullptr;
    alignas(void*) std::byte storage_[kInsideBytes];
};

static_assert(sizeof(Task) == 96);

}  // namespace sewa::shard
