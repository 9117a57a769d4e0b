// Metrics, readiness, logs and certificates.
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>

#include <memory>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Observe : public ServerTest {};

TEST_F(Observe, metrics_and_readiness_are_on_their_own_listener_only) {
    start();
    EXPECT_EQ(http(metrics_port(), {.target = "/ready"}).status, 200);
    auto const scrape = http(metrics_port(), {.target = "/metrics"});
    EXPECT_EQ(scrape.status, 200);
    EXPECT_TRUE(scrape.headers.at("content-type").starts_with("text/plain; version=0.0.4"));
    EXPECT_EQ(http(port(), {.target = "/metrics"}).status, 404);
    EXPECT_EQ(http(port(), {.target = "/ready"}).status, 404);
    EXPECT_EQ(http(metrics_port(), {.target = "/api/messaging/health/"}).status, 404);
}

TEST_F(Observe, every_metric_that_a_conversation_moves_moves) {
    start();
    auto const conversation = open_conversation(100);
    auto client = connect(100), other = connect(kProvider);
    ASSERT_TRUE(client.is_alive() && other.is_alive());
    auto const messages = metric("sewa_messages_stored_total");
    for (int i = 0; i < 3; ++i) {
        client.send(message(conversation, "counted", "same-key"));
        EXPECT_TRUE(client.expect("ack").is_valid());
    }
    EXPECT_EQ(metric("sewa_messages_stored_total"), messages + 1);
    EXPECT_EQ(metric("sewa_duplicates_absorbed_total"), 2);
    EXPECT_GE(metric("sewa_events_stored_total"), messages + 2);
    EXPECT_EQ(metric("sewa_sessions"), 2);
    EXPECT_EQ(metric("sewa_users_online"), 2);
    EXPECT_GE(metric("sewa_ack_seconds_count"), 3);
    EXPECT_GT(metric("sewa_ack_seconds_sum"), 0);
    EXPECT_GE(metric("sewa_store_commit_seconds_count"), 3);
    EXPECT_GE(metric("sewa_store_batch_writes_count"), 3);
    EXPECT_GT(metric("sewa_http_seconds_count"), 0);
    EXPECT_GT(metric("sewa_http_requests_total"), 0);
    EXPECT_GE(metric(R"(sewa_tokens_total{result="accepted"})"), 3);
    EXPECT_EQ(metric(R"(sewa_tokens_total{result="refused"})"), 0);
    EXPECT_EQ(connect(100, "&user_id=7").close_code(), 4503);
    EXPECT_EQ(metric(R"(sewa_connections_closed_total{code="4503"})"), 1);
    EXPECT_EQ(dial({.target = "/ws/messaging/?token=x.y.z"}).close_code(), 4001);
    EXPECT_EQ(dial({.target = "/ws/messaging/?token=" + token(100, -100)}).close_code(), 4001);
    EXPECT_EQ(metric(R"(sewa_tokens_total{result="refused"})"), 1);
    EXPECT_EQ(metric(R"(sewa_tokens_total{result="expired"})"), 1);
    EXPECT_EQ(metric(R"(sewa_connections_closed_total{code="4001"})"), 2);
    EXPECT_EQ(post(100, "ws-ticket/").status, 201);
    EXPECT_EQ(metric("sewa_tickets_issued_total"), 1);
    EXPECT_EQ(dial({.target = "/ws/messaging/?ticket=0"}).close_code(), 4001);
    EXPECT_EQ(metric("sewa_tickets_refused_total"), 1);
    client.send("nonsense");
    EXPECT_TRUE(client.expect("error").is_valid());
    EXPECT_EQ(metric(R"(sewa_errors_total{code="bad_request"})"), 1);
}

TEST_F(Observe, logs_hold_neither_tokens_nor_texts) {
    start({"--set", "log.level=debug", "--set", "log.format=json"});
    auto const conversation = open_conversation(100);
    std::string const body = "a-very-private-sentence";
    auto client = connect(100);
    client.send(message(conversation, body));
    EXPECT_TRUE(client.expect("ack").is_valid());
    client.send("{\"type\":\"" + body + "\"");
    EXPECT_EQ(dial({.target = "/ws/messaging/?token=" + token(100, -100)}).close_code(), 4001);
    EXPECT_EQ(dial({.target = "/ws/messaging/?ticket=deadbeefdeadbeef"}).close_code(), 4001);
    EXPECT_EQ(http(port(), {.target = "/nothing?token=" + token(101)}).status, 404);
    EXPECT_EQ(post(100, "messages/", "{\"" + body).status, 400);
    EXPECT_EQ(stop(), 0);
    auto const text = log();
    EXPECT_NE(text.find("listening"), std::string::npos) << "there is a log";
    EXPECT_EQ(text.find(body), std::string::npos);
    EXPECT_EQ(text.find("eyJ"), std::string::npos) << "the beginning of every token";
    EXPECT_EQ(text.find("deadbeef"), std::string::npos);
    EXPECT_EQ(text.find(kSecret), std::string::npos);
}

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
    void operator()(X509* x) const { X509_free(x); }
};
struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};

class Certificates : public ServerTest {
protected:
    // A self-signed certificate with this serial number, and its key.
    void issue(long serial) {
        std::unique_ptr<EVP_PKEY, FreeKey> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        std::unique_ptr<X509, FreeCertificate> x(X509_new());
        X509_set_version(x.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x.get()), serial);
        X509_gmtime_adj(X509_getm_notBefore(x.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(x.get()), 3600);
        auto* const name = X509_get_subject_name(x.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<unsigned char const*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(x.get(), name);
        X509_set_pubkey(x.get(), key.get());
        X509_sign(x.get(), key.get(), EVP_sha256());
        folder().write("cert.pem", pem([&](BIO* out) { PEM_write_bio_X509(out, x.get()); }));
        folder().write("key.pem", pem([&](BIO* out) {
                           PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                                                    nullptr);
                       }));
    }
    // Serial number of the certificate, and what the server answered to a request.
    struct Seen {
        long serial = 0;
        std::string answer;
    };
    Seen ask(std::string const& request =
                 "GET /api/messaging/health/ HTTP/1.1\r\nHost: localhost\r\n"
                 "Connection: close\r\n\r\n") {
        std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
        std::unique_ptr<BIO, FreeBio> bio(BIO_new_ssl_connect(context.get()));
        BIO_set_conn_hostname(bio.get(), fmt::format("127.0.0.1:{}", port()).c_str());
        Seen seen;
        if (BIO_do_connect(bio.get()) <= 0) return seen;
        SSL* ssl = nullptr;
        BIO_get_ssl(bio.get(), &ssl);
        std::unique_ptr<X509, FreeCertificate> const peer(SSL_get1_peer_certificate(ssl));
        seen.serial = ASN1_INTEGER_get(X509_get_serialNumber(peer.get()));
        BIO_puts(bio.get(), request.c_str());
        char buffer[4096];
        for (int count; (count = BIO_read(bio.get(), buffer, sizeof buffer)) > 0;) {
            seen.answer.append(buffer, static_cast<std::size_t>(count));
            if (seen.answer.find("connection_id") != std::string::npos) break;
        }
        return seen;
    }

private:
    template <typename Write>
    static std::string pem(Write write) {
        std::unique_ptr<BIO, FreeBio> const memory(BIO_new(BIO_s_mem()));
        write(memory.get());
        char* data = nullptr;
        auto const size = BIO_get_mem_data(memory.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }
};

TEST_F(Certificates, the_server_speaks_TLS_itself_and_SIGHUP_renews_the_certificate) {
    issue(1001);
    start({"--tls-cert", folder().file("cert.pem"), "--tls-key", folder().file("key.pem")});
    auto const before = ask();
    EXPECT_EQ(before.serial, 1001);
    EXPECT_TRUE(before.answer.starts_with("HTTP/1.1 200")) << before.answer;
    EXPECT_FALSE(http(port(), {.target = "/api/messaging/health/"}).status == 200) << "plain text";
    issue(1002);
    process().signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return ask().serial == 1002; })) << log();
    folder().write("cert.pem", "broken");
    process().signal(SIGHUP);
    EXPECT_TRUE(
        eventually([&] { return log().find("certificate_reload_failed") != std::string::npos; }));
    EXPECT_EQ(ask().serial, 1002) << "the good one stays";
    EXPECT_EQ(stop(), 0);
}

TEST_F(Certificates, a_WebSocket_over_TLS_is_one) {
    issue(1001);
    start({"--tls-cert", folder().file("cert.pem"), "--tls-key", folder().file("key.pem")});
    auto const answer = ask("GET /ws/messaging/?v=1&token=" + token(100) +
                            " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .answer;
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 101")) << answer;
    EXPECT_NE(answer.find(R"("type":"connection")"), std::string::npos) << answer;
}

TEST_F(Certificates, a_missing_key_is_refused_at_start) {
    issue(1);
    auto arguments = serve_arguments();
    arguments.erase(arguments.begin());
    arguments.insert(arguments.end(), {"--tls-cert", folder().file("cert.pem"), "--tls-key",
                                       folder().file("absent.pem")});
    auto const refused = run(arguments);
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("absent.pem"), std::string::npos) << refused.errors;
}

}  // namespace
}  // namespace sewa::e2e
