#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "auth/api_key_file.h"
#include "auth/key_store.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sewa::app {

// A thread for what may block and is never urgent: key files that changed, log summaries. Owned by
// the server; ends with it.
class Housekeeping {
public:
    Housekeeping(auth::KeyStore& keys, auth::ApiKeyStore& api_keys, observe::Log& log,
                 observe::MetricSlot& metrics);
    ~Housekeeping();

private:
    void run();
    void once();
    void tell(char const* event, Result<bool> const& reloaded);

    auth::KeyStore& keys_;
    auth::ApiKeyStore& api_keys_;
    observe::Log& log_;
    observe::MetricSlot& metrics_;
    std::mutex mutex_;  // Guards is_stopping_.
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace sewa::app
