#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace sewa::net {

namespace {

std::string last_reason() {
    auto const* const reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason == nullptr ? "unknown reason" : reason;
}

auto cannot_use(std::string const& what, std::string const& file) {
    return fail(Errc::kUnavailable, "TLS " + what + " " + file + ": " + last_reason());
}

void apply_settings(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Idle connections give their record buffers back. Writes may be partial and may be retried
    // from another buffer with the same bytes: the output is gathered anew for each try.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

}  // namespace

Result<TlsContext::Context> TlsContext::load(TlsFiles const& files) {
    ERR_clear_error();
    Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (context == nullptr) return fail(Errc::kUnavailable, "TLS: " + last_reason());
    apply_settings(context.get());
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
        return cannot_use("certificate", files.certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return cannot_use("key", files.key);
    }
    if (SSL_CTX_check_private_key(context.get()) != 1) return cannot_use("key", files.key);
    return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::create(TlsFiles files) {
    SEWA_TRY(auto context, load(files));
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(files), std::move(context)));
}

TlsContext::TlsContext(TlsFiles files, Context context)
    : files_(std::move(files)), context_(std::move(context)) {}

Status TlsContext::reload() {
    SEWA_TRY(auto context, load(files_));
    std::lock_guard const lock(mutex_);
    context_.swap(context);
    return {};
}

ssl_st* TlsContext::new_session() const {
    Context context;
    {
        std::lock_guard const lock(mutex_);
        context = context_;
    }
    auto* const session = SSL_new(context.get());
    if (session != nullptr) SSL_set_accept_state(session);
    return session;
}

Result<int> days_left(std::string const& certificate_file) {
    ERR_clear_error();
    std::unique_ptr<BIO, decltype(&BIO_free)> const file(
        BIO_new_file(certificate_file.c_str(), "r"), BIO_free);
    std::unique_ptr<X509, decltype(&X509_free)> const certificate(
        file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
    int days = 0, seconds = 0;
    if (certificate == nullptr ||
        ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1) {
        return cannot_use("certificate", certificate_file);
    }
    return seconds < 0 && days == 0 ? -1 : days;
}

}  // namespace sewa::net
