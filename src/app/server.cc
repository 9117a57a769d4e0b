#include "app/server.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "app/attachments.h"
#include "app/build_auth.h"
#include "app/commit_fan.h"
#include "app/demo.h"
#include "app/housekeeping.h"
#include "app/metrics_endpoint.h"
#include "app/shard_app.h"
#include "app/watch_metrics.h"
#include "app/webhooks.h"
#include "net/listener.h"
#include "net/tls_context.h"
#include "observe/log.h"
#include "site/site.h"

namespace sewa::app {

namespace {

constexpr std::chrono::milliseconds kDrainPoll{10};
constexpr std::int64_t kDrainSpreadMs = 3'000;

std::size_t shard_count(config::Config const& config) {
    if (config.shards != 0) return static_cast<std::size_t>(config.shards);
    // One core is left to the store's writer and the kernel.
    return std::max(1U, std::thread::hardware_concurrency()) > 1
               ? std::thread::hardware_concurrency() - 1
               : 1;
}

observe::LogOptions log_options(config::Config const& config) {
    observe::LogOptions options;
    options.level = observe::level_from_text(config.log.level);
    options.format = config.log.format == "json" ? observe::Format::kJson : observe::Format::kText;
    options.repeats_per_second = static_cast<int>(config.log.repeats_per_second);
    return options;
}

// Members are in the order of their dependencies: each is built from those above it, and they end
// in reverse.
class RunningServer final : public Server {
public:
    explicit RunningServer(config::Config const& config)
        : config_(config),
          options_(options_from(config)),
          log_(log_options(config), clock_),
          shards_(shard_count(config), clock_),
          metrics_(shards_.size() + 1),
          fan_(shards_, access_, metrics_.slot(shards_.size())),
          peers_(shards_),
          typing_(options_.typing),
          tickets_(options_.tickets, clock_),
          api_keys_(auth::ApiKeyFile(config.data_dir)),
          attachments_(options_, clock_) {}

    ~RunningServer() override { RunningServer::stop(); }

    Status build();
    net::Address address() const override { return listener_->bound(); }
    void stop() override;
    void reload() override;

private:
    Status open_store();
    Status load_access();
    Status load_site();
    Status build_shards();
    void build_accounts();
    Status listen();
    void drain();
    std::size_t connection_count() const;
    observe::MetricSlot& other_threads() { return metrics_.slot(shards_.size()); }
    template <typename Work>
    void on_each(Work const& work);

    config::Config const config_;
    Options const options_;
    SystemClock clock_;
    SecureRandom random_;
    observe::Log log_;
    shard::Shards shards_;
    observe::Metrics metrics_;  // A slot for each shard, and one for every other thread.
    auth::AccessTable access_;
    CommitFan fan_;
    ShardPeers peers_;
    chat::PresenceTable presence_;
    chat::TypingTable typing_;
    auth::Tickets tickets_;
    auth::ApiKeyStore api_keys_;
    Auth auth_;
    Attachments attachments_;
    std::shared_ptr<net::TlsContext> tls_;
    std::unique_ptr<store::Store> store_;
    std::shared_ptr<site::Site const> site_;
    std::unique_ptr<webhook::Sender> webhooks_;
    std::vector<std::unique_ptr<ShardApp>> apps_;
    std::unique_ptr<api::AccountDesk> accounts_;
    std::unique_ptr<MetricsEndpoint> endpoint_;
    std::unique_ptr<Demo> demo_;
    std::unique_ptr<net::Listener> listener_;
    std::unique_ptr<Housekeeping> housekeeping_;
    bool is_running_ = false;
    std::atomic<bool> is_ready_{false};
};

Status RunningServer::build() {
    // The folder comes first: demo mode keeps its secret there.
    SEWA_CHECK(open_store());
    SEWA_CHECK(api_keys_.load());
    SEWA_TRY(auth_, build_auth(config_, access_, clock_));
    if (!config_.tls.cert_file.empty()) {
        SEWA_TRY(tls_, net::TlsContext::create({config_.tls.cert_file, config_.tls.key_file}));
    }
    SEWA_CHECK(load_site());
    SEWA_TRY(webhooks_, open_webhooks(config_, *store_, clock_));
    SEWA_CHECK(build_shards());
    build_accounts();
    SEWA_CHECK(listen());
    shards_.start();
    is_running_ = true;
    is_ready_ = true;
    if (webhooks_) webhooks_->start();
    if (demo_) demo_->seed();
    attachments_.keep_house(*store_);
    housekeeping_ = std::make_unique<Housekeeping>(Housekeeping::Parts{
        *auth_.keys, api_keys_, listener_->counters(), log_, other_threads()});
    log_.info("listening", {{"address", address().text()},
                            {"metrics", endpoint_ ? endpoint_->bound().text() : "none"},
                            {"shards", shards_.size()}});
    return {};
}

Status RunningServer::open_store() {
    auto options = options_.store;
    options.engine.links = options.reads.reader.links = &attachments_.links();
    SEWA_TRY(store_, store::sqlite::open_sqlite_store(options, clock_, random_, fan_));
    fan_.set_counters(store_->counters());
    SEWA_CHECK(load_access());
    return attachments_.open(config_.data_dir, peers_, random_);
}

Status RunningServer::load_access() {
    std::promise<Result<std::vector<store::AccessState>>> read;
    bool const is_taken =
        store_->read([&](store::Reader& reader) { read.set_value(reader.access()); });
    if (!is_taken) return fail(Errc::kUnavailable, "the store cannot read now");
    SEWA_TRY(auto const all, read.get_future().get());
    for (auto const& [user, is_banned, revoked_up_to_s] : all) {
        access_.set(user, {is_banned, revoked_up_to_s});
    }
    return {};
}

Status RunningServer::load_site() {
    auto files =
        config_.web_dir.empty() ? site::embedded_files() : site::read_folder(config_.web_dir);
    if (!files) return fail(files.error());
    site_ = site::Site::build(*std::move(files));
    return {};
}

Status RunningServer::build_shards() {
    SharedParts const shared{clock_,
                             *store_,
                             peers_,
                             presence_,
                             typing_,
                             *auth_.authenticator,
                             tickets_,
                             api_keys_,
                             [this] { return webhooks_json(webhooks_.get()); },
                             metrics_,
                             log_,
                             attachments_.desk()};
    std::vector<chat::Hub*> hubs;
    for (std::uint16_t i = 0; i < shards_.size(); ++i) {
        ShardScope const scope(ShardId{i});
        apps_.push_back(
            std::make_unique<ShardApp>(shards_.loop(ShardId{i}), options_, config_, shared));
        hubs.push_back(&apps_.back()->hub());
        if (!site_->empty()) apps_.back()->serve(site_);
    }
    fan_.set_hubs(hubs);
    if (webhooks_) fan_.set_follower([this](Pos head) { webhooks_->wake(head); });
    peers_.set_hubs(hubs);
    if (!config_.demo) return {};
    demo_ = std::make_unique<Demo>(*store_, auth_.secret, clock_);
    for (auto const& app : apps_) demo_->add_routes(app->router(), app->hub());
    return {};
}

void RunningServer::build_accounts() {
    auto const& from = config_.accounts;
    if (!from.enabled) return;
    api::AccountLimits limits;
    limits.access_ms = from.access_minutes * 60'000;
    limits.refresh_ms = from.refresh_days * 86'400'000;
    limits.per_account.per_minute = static_cast<std::uint32_t>(from.attempts_per_account);
    limits.per_address.per_minute = static_cast<std::uint32_t>(from.attempts_per_address);
    accounts_ = std::make_unique<api::AccountDesk>(limits, auth_.secret);
    for (auto const& app : apps_) app->add_accounts(*accounts_, peers_, clock_);
}

Status RunningServer::listen() {
    ShardScope const scope(ShardId{0});
    auto& loop = shards_.loop(ShardId{0});
    std::vector<net::ListenerTarget> targets;
    for (auto const& app : apps_) {
        targets.push_back({&app->connections(), [app = app.get()] { return app->accept(); }});
    }
    net::ListenerOptions options;
    options.connections_max = static_cast<std::size_t>(config_.limits.connections_max);
    options.refusal =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n";
    SEWA_TRY(auto const address, net::parse_address(config_.listen));
    SEWA_TRY(listener_, net::Listener::open(loop, address, std::move(targets), std::move(options)));
    listener_->set_tls(tls_);
    std::vector<ShardApp*> apps;
    for (auto const& app : apps_) apps.push_back(app.get());
    watch_metrics(metrics_, {std::move(apps), *store_, presence_, typing_, tickets_, *listener_,
                             *auth_.authenticator, webhooks_.get(), attachments_.desk().counters(),
                             accounts_ ? &accounts_->passwords : nullptr});
    SEWA_TRY(endpoint_, MetricsEndpoint::open(loop, config_.metrics.listen,
                                              {[this] { return metrics_.scrape(); },
                                               [this] { return is_ready_.load(); }}));
    return {};
}

template <typename Work>
void RunningServer::on_each(Work const& work) {
    shards_.run_on_each([&](shard::Loop& loop) { work(*apps_[loop.id().value]); });
}

std::size_t RunningServer::connection_count() const {
    std::size_t count = 0;
    for (auto const& app : apps_) {
        auto const& counters = app->connections().counters();
        count += counters.opened.get() - counters.closed.get();
    }
    return count;
}

void RunningServer::drain() {
    auto const deadline = clock_.mono() + config_.drain_s * 1000;
    shards_.run_on_each([&](shard::Loop& loop) {
        if (loop.id().value == 0) listener_->close();
    });
    on_each([](ShardApp& app) { app.drain(kDrainSpreadMs); });
    while (connection_count() > 0 && clock_.mono() < deadline) {
        on_each([](ShardApp& app) { app.close_idle(); });
        std::this_thread::sleep_for(kDrainPoll);
    }
}

void RunningServer::stop() {
    if (!is_running_) return;
    is_running_ = false;
    is_ready_ = false;
    log_.info("stopping", {{"connections", connection_count()}});
    housekeeping_.reset();
    drain();
    // The shards still run, so that what is committed last finds its way, and nothing waits for a
    // mailbox for ever.
    on_each([](ShardApp& app) { app.connections().abort_all(); });
    attachments_.stop();
    if (accounts_) accounts_->passwords.stop();
    if (webhooks_) webhooks_->stop();
    on_each([](ShardApp&) {});
    store_->stop();
    shards_.stop();
    for (auto const& app : apps_) app->hub().cancel_timers();
    log_.info("stopped");
}

void RunningServer::reload() {
    auto const keys = auth_.keys->reload();
    other_threads().add(keys ? observe::Counter::kKeyReloads
                             : observe::Counter::kKeyReloadFailures);
    if (!keys) {
        log_.error("key_reload_failed", {{"why", keys.error().message}});
    }
    if (!tls_) return;
    auto const certificate = tls_->reload();
    if (!certificate) {
        log_.error("certificate_reload_failed", {{"why", certificate.error().message}});
    } else {
        log_.info("certificate_reloaded");
    }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(config::Config const& config) {
    auto server = std::make_unique<RunningServer>(config);
    SEWA_CHECK(server->build());
    return server;
}

}  // namespace sewa::app
