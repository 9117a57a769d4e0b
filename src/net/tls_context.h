#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace sewa::net {

struct TlsFiles {
    std::string certificate;  // PEM, the server's first, then the chain.
    std::string key;          // PEM.
};

// Certificate and settings of new TLS connections: TLS 1.2 and 1.3, no compression, no
// renegotiation, no session cache (tickets resume without one).
//
// Any-thread. `reload` replaces the certificate for connections that begin after it; when the
// files are not good it says why and the old certificate stays.
class TlsContext {
public:
    static Result<std::shared_ptr<TlsContext>> create(TlsFiles files);

    Status reload();

    // For one accepted connection; `Socket` takes ownership. Null when memory is short.
    ssl_st* new_session() const;

private:
    using Context = std::shared_ptr<ssl_ctx_st>;
    static Result<Context> load(TlsFiles const& files);

    TlsContext(TlsFiles files, Context context);

    TlsFiles const files_;
    mutable std::mutex mutex_;  // Guards `context_`; held for a pointer copy.
    Context context_;
};

// Until the first certificate in the PEM file ends; negative when it has.
Result<int> days_left(std::string const& certificate_file);

}  // namespace sewa::net
