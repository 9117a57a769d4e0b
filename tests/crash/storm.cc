#include "storm.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "auth/jwt.h"
#include "core/clock.h"
#include "http_client.h"

namespace sewa::crash {

namespace {

constexpr std::string_view kSecret = "5dR8vN2kW6yB9mS4xJ7qC1tZ3pF0gLhE-crash";
constexpr std::int64_t kProvider = 2;
constexpr std::int64_t kCustomers[] = {100, 101, 102};

}  // namespace

Storm::Storm(Options options)
    : options_(std::move(options)),
      random_(options_.seed),
      links_(io_, random_),
      history_(options_.folder + "/history.jsonl") {
    std::ofstream(options_.folder + "/secret") << kSecret;
}

bool Storm::begin() {
    if (!launch(true)) return false;
    add_devices();
    return wait_for([this] {
        return std::all_of(devices_.begin(), devices_.end(),
                           [](auto const& device) { return device->is_quiet(); });
    });
}

// Without waiting it returns at once, and the server is killed while it starts.
bool Storm::launch(bool waits) {
    server_.reset();
    history_.add("server", fmt::format(R"("start":{})", ++starts_));
    server_ = std::make_unique<e2e::Process>(e2e::Command{
        {e2e::server_binary(), "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data",
         options_.folder + "/data", "--demo", "--jwt-secret-file", options_.folder + "/secret",
         "--set", "limits.user_connects_per_minute=0", "--set", "limits.frames_per_minute=0",
         "--set", "limits.requests_per_minute=0", "--set", "limits.user_writes_per_minute=0",
         "--set", "limits.conversation_messages_per_minute=0",
         // A crash in the middle of a checkpoint is as likely as one elsewhere.
         "--set", "store.checkpoint_pages=100",
         // Full at once, so that what still grows is no cache.
         "--set", "store.cache_mib=1"},
        options_.folder + "/log"});
    if (!waits) return true;
    auto const line = server_->read_line();
    port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
    links_.lead_to(port_);
    return port_ != 0;
}

void Storm::add_devices() {
    auto const url = fmt::format("ws://127.0.0.1:{}", links_.port());
    std::vector<std::int64_t> all;
    auto const add = [&](std::int64_t user, std::vector<std::int64_t> const& conversations) {
        auto name = fmt::format("device{}", devices_.size());
        devices_.push_back(std::make_unique<Device>(
            io_, url, Device::Who{std::move(name), user, token(user), conversations}, history_));
    };
    for (auto const customer : kCustomers) {
        all.push_back(open_conversation(customer));
        add(customer, {all.back()});
        add(customer, {all.back()});
    }
    add(kProvider, all);
    add(kProvider, all);
}

std::int64_t Storm::open_conversation(std::int64_t customer) {
    auto const answer = e2e::http(port_, {.method = "POST",
                                          .target = "/api/messaging/conversations/",
                                          .token = token(customer),
                                          .body = R"({"service_id":1,"provider_id":2})"});
    return answer.json()["conversation_id"].number();
}

bool Storm::kill_and_restart() {
    auto const before = acknowledged();
    auto const enough = before + 1 + random_.below(25);
    // After some answers, or at any time: both find moments that the other seldom meets.
    if (random_.below(2) == 0) {
        until([&] { return acknowledged() >= enough; },
              e2e::Deadline(std::chrono::milliseconds(400)));
    } else {
        run_for(random_.below(150));
    }
    server_->signal(SIGKILL);
    if (random_.below(5) == 0) {
        ++early_kills_;
        if (!launch(false)) return false;
        run_for(random_.below(60));
        server_->signal(SIGKILL);
    }
    return launch(true);
}

void Storm::soak(std::chrono::seconds length) {
    using Clock = std::chrono::steady_clock;
    History samples(options_.folder + "/samples.jsonl");
    // At least 60 samples, so that a slope is one.
    std::chrono::milliseconds const sixtieth = std::chrono::milliseconds(length) / 60;
    auto const interval = std::min<std::chrono::milliseconds>(sixtieth, std::chrono::minutes(1));
    auto const start = Clock::now();
    while (Clock::now() - start < length) {
        run_for(static_cast<std::uint64_t>(interval.count()));
        write_sample(samples,
                     std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start));
    }
}

void Storm::write_sample(History& samples, std::chrono::milliseconds since_start) {
    auto const process = fmt::format("/proc/{}/", server_->pid());
    std::int64_t size = 0, resident = 0;
    std::ifstream(process + "statm") >> size >> resident;
    auto const descriptors = std::distance(std::filesystem::directory_iterator(process + "fd"), {});
    std::error_code none;
    auto const wal = std::filesystem::file_size(options_.folder + "/data/sewa.db-wal", none);
    auto const asked = std::chrono::steady_clock::now();
    e2e::http(port_, {.target = "/api/messaging/conversations/", .token = token(kProvider)});
    std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - asked;
    samples.add("sample",
                fmt::format(R"("s":{},"rss":{},"descriptors":{},"wal":{},"ms":{:.3f},"acks":{})",
                            since_start.count() / 1000.0, resident * 4096, descriptors,
                            none ? 0 : wal, took.count(), acknowledged()));
}

void Storm::run_for(std::uint64_t ms) {
    until([] { return false; }, e2e::Deadline(std::chrono::milliseconds(ms)));
}

// Devices act while time passes.
bool Storm::until(std::function<bool()> const& condition, e2e::Deadline deadline) {
    while (!condition()) {
        if (deadline.has_passed()) return false;
        if (!devices_.empty()) devices_[random_.below(devices_.size())]->act(random_);
        io_.run_for(std::chrono::milliseconds(2));
        io_.restart();
    }
    return true;
}

// Devices only listen.
bool Storm::wait_for(std::function<bool()> const& condition) {
    e2e::Deadline const deadline(std::chrono::seconds(60));
    while (!condition() && !deadline.has_passed()) {
        io_.run_one_for(std::chrono::milliseconds(20));
        io_.restart();
    }
    return condition();
}

bool Storm::settle() {
    links_.calm();
    bool const settled = wait_for([this] { return is_settled(); });
    for (auto const& device : devices_) device->ask_final();
    bool const asked = wait_for([this] {
        return std::all_of(devices_.begin(), devices_.end(),
                           [](auto const& device) { return device->has_final(); });
    });
    server_->signal(SIGTERM);
    return server_->wait() == 0 && settled && asked;
}

// Everybody has shown the newest message that anybody knows of. Whether anything is missing before
// it is for the checker to say.
bool Storm::is_settled() const {
    std::map<std::int64_t, std::int64_t> newest;
    for (auto const& device : devices_) {
        if (!device->is_quiet()) return false;
        for (auto const* known : {&device->newest(), &device->shown()}) {
            for (auto const& [conversation, seq] : *known) {
                newest[conversation] = std::max(newest[conversation], seq);
            }
        }
    }
    return std::all_of(devices_.begin(), devices_.end(), [&](auto const& device) {
        return std::all_of(device->shown().begin(), device->shown().end(),
                           [&](auto const& at) { return at.second >= newest[at.first]; });
    });
}

std::size_t Storm::acknowledged() const {
    std::size_t sum = 0;
    for (auto const& device : devices_) sum += device->acknowledged();
    return sum;
}

std::string Storm::token(std::int64_t user) const {
    auto const now = SystemClock().wall();
    auth::Claims claims;
    claims.user = UserId{user};
    claims.name = fmt::format("User {}", user);
    claims.expires_at = now + 24 * 3600 * 1000;
    return auth::sign_hs256(claims, {.secret = kSecret, .issued_at = now});
}

std::string Storm::describe() const {
    auto const& counts = links_.counts();
    auto text = fmt::format(
        "{} starts ({} killed while starting), links: {} cut, {} reset, {} stalled, {} half-open, "
        "{} late",
        starts_, early_kills_, counts[1], counts[2], counts[3], counts[4], counts[5]);
    for (auto const& device : devices_) {
        if (!device->is_quiet()) text += fmt::format("; one waits for {}", device->waiting());
        if (!device->has_final()) text += "; one was not told the end";
        if (device->is_stopped()) text += "; one stopped";
    }
    return text;
}

}  // namespace sewa::crash
