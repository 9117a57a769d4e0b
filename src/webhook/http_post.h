#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "webhook/endpoint.h"

namespace sewa::webhook {

struct PostOptions {
    std::chrono::milliseconds timeout{10'000};  // Of one request, connecting included.
    std::string ca_file;                        // Empty: what the system trusts.
};

struct PostRequest {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

// POSTs to one endpoint over a connection that is kept and made anew when needed. Verifies the
// certificate and its name. Follows no redirect: the status is the caller's to judge. At most 64
// KiB of an answer are read.
//
// One thread sends and blocks there; `cancel` from any thread ends what runs and what would come.
class HttpPost {
public:
    static Result<std::unique_ptr<HttpPost>> open(Endpoint endpoint, PostOptions options);
    ~HttpPost();

    // The status of the answer; `unavailable` with a reason when there was none.
    Result<int> send(PostRequest const& request);
    void cancel();

private:
    class Wire;
    explicit HttpPost(std::unique_ptr<Wire> wire);
    std::unique_ptr<Wire> wire_;
};

}  // namespace sewa::webhook
