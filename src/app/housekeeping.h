#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "auth/api_key_file.h"
#include "auth/key_store.h"
#include "net/listener.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sewa::app {

// A thread for what may block and is never urgent: key files that changed, log summaries. Owned by
// the server; ends with it.
class Housekeeping {
public:
    struct Parts {
        auth::KeyStore& keys;
        auth::ApiKeyStore& api_keys;
        net::ListenerCounters const& listener;
        observe::Log& log;
        observe::MetricSlot& metrics;
    };
    explicit Housekeeping(Parts const& parts);
    ~Housekeeping();

private:
    void run();
    void once();
    void tell_turned_away();
    void tell(char const* event, Result<bool> const& reloaded);

    Parts const parts_;
    std::uint64_t turned_away_ = 0;  // That the log knows of.
    std::mutex mutex_;  // Guards is_stopping_.
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace sewa::app
