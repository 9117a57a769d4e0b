#include "app/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/build_auth.h"
#include "net/address.h"
#include "net/tls_context.h"

namespace sewa::app {

namespace {

using Grade = Finding::Grade;

constexpr int kDaysBeforeEnd = 21;
constexpr std::int64_t kOtherDescriptors = 100;

void examine_secrecy(std::string const& what, std::string const& path, Findings& findings) {
    struct stat file {};
    if (path.empty() || ::stat(path.c_str(), &file) != 0) return;
    if ((file.st_mode & 077) == 0) return;
    findings.push_back({Grade::kWarning, what,
                        fmt::format("others can read {0}; mend it with: chmod 600 {0}", path)});
}

void examine_tls(config::Tls const& tls, Findings& findings) {
    if (tls.cert_file.empty()) return;
    if (auto const context = net::TlsContext::create({tls.cert_file, tls.key_file}); !context) {
        return findings.push_back({Grade::kBad, "tls", context.error().message});
    }
    auto const days = net::days_left(tls.cert_file);
    if (!days) return findings.push_back({Grade::kBad, "tls", days.error().message});
    auto const grade = *days < 0                ? Grade::kBad
                       : *days < kDaysBeforeEnd ? Grade::kWarning
                                                : Grade::kGood;
    findings.push_back({grade, "tls",
                        *days < 0 ? "the certificate has ended; renew it and send SIGHUP"
                                  : fmt::format("the certificate ends in {} days", *days)});
}

// Whether somebody could listen there now; 0 or the reason.
int try_to_listen(net::Address const& address) {
    sockaddr_storage storage{};
    auto const length = net::to_sockaddr(address, storage);
    int const fd = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    int const yes = 1, no = 0;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (storage.ss_family == AF_INET6) {
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    }
    bool const is_free = ::bind(fd, reinterpret_cast<sockaddr const*>(&storage), length) == 0;
    int const why = is_free ? 0 : errno;
    ::close(fd);
    return why;
}

void examine_address(std::string const& key, std::string const& text, Findings& findings) {
    auto const address = net::parse_address(text);
    if (!address) return findings.push_back({Grade::kBad, key, address.error().message});
    auto const why = try_to_listen(*address);
    if (why == 0) return findings.push_back({Grade::kGood, key, text + " is free"});
    auto const grade = why == EADDRINUSE ? Grade::kWarning : Grade::kBad;
    findings.push_back(
        {grade, key,
         fmt::format("{}: {}{}", text, std::strerror(why),
                     why == EADDRINUSE ? "; fine when it is this server that runs" : "")});
}

void examine_descriptors(config::Config const& config, Findings& findings) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    auto const wanted = config.limits.connections_max + kOtherDescriptors;
    if (limit.rlim_max >= static_cast<rlim_t>(wanted)) {
        return findings.push_back(
            {Grade::kGood, "descriptors", fmt::format("{} may be open", limit.rlim_max)});
    }
    findings.push_back(
        {Grade::kWarning, "descriptors",
         fmt::format("{} may be open, limits.connections_max is {}: raise `ulimit -Hn` "
                     "(LimitNOFILE= under systemd), or lower the limit",
                     limit.rlim_max, config.limits.connections_max)});
}

}  // namespace

void examine_keys(config::Config const& config, Findings& findings) {
    auto const& jwt = config.jwt;
    bool const makes_own = (config.demo || config.accounts.enabled) && jwt.secret_file.empty() &&
                           jwt.jwks_file.empty();
    if (makes_own) {
        return findings.push_back({Grade::kGood, "keys", "the first start makes a secret"});
    }
    auth::AccessTable const nobody;
    SystemClock const clock;
    auto const built = build_auth(config, nobody, clock);
    findings.push_back(built ? Finding{Grade::kGood, "keys", "tokens can be verified"}
                             : Finding{Grade::kBad, "keys", built.error().message});
    examine_secrecy("keys", jwt.secret_file, findings);
    examine_secrecy("webhooks", config.webhooks.secret_file, findings);
    examine_secrecy("tls", config.tls.key_file, findings);
}

void examine_network(config::Config const& config, Findings& findings) {
    examine_tls(config.tls, findings);
    examine_address("listen", config.listen, findings);
    if (!config.metrics.listen.empty()) {
        examine_address("metrics.listen", config.metrics.listen, findings);
    }
    examine_descriptors(config, findings);
}

Findings examine(config::Config const& config) {
    Findings findings;
    examine_folder(config, findings);
    examine_keys(config, findings);
    examine_network(config, findings);
    return findings;
}

}  // namespace sewa::app
