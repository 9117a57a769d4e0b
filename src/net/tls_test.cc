#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "net/loopback_for_test.h"
#include "net/tls_context.h"

namespace sewa::net {
namespace {

// Writes a fresh key and a certificate that it signed itself.
void write_certificate(TlsFiles const& files, char const* name) {
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    std::unique_ptr<FILE, int (*)(FILE*)> key_file(fopen(files.key.c_str(), "w"), fclose);
    PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(files.certificate.c_str(), "w"), fclose);
    PEM_write_X509(file.get(), certificate.get());
}

class TlsClient {
public:
    TlsClient(Loopback& loopback, TlsContext const& server, int version_max)
        : loopback_(loopback), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
        SSL_CTX_set_max_proto_version(context_.get(), version_max);
        int ends[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        fd_ = UniqueFd(ends[1]);
        loopback.connection =
            *loopback.table.adopt(Socket(UniqueFd(ends[0]), server.new_session()),
                                  std::make_unique<LoggingProtocol>(loopback.log));
        session_.reset(SSL_new(context_.get()));
        SSL_set_fd(session_.get(), fd_.get());
    }

    bool handshake() {
        for (int i = 0; i < 20; ++i) {
            if (SSL_connect(session_.get()) == 1) return true;
            loopback_.turn();
        }
        return false;
    }
    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            int const wrote =
                SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
            loopback_.turn();
        }
    }
    std::string read() {
        std::string bytes(1 << 15, '\0');
        int const got = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
        is_at_end_ = got <= 0 && SSL_get_error(session_.get(), got) == SSL_ERROR_ZERO_RETURN;
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    bool is_at_end() const { return is_at_end_; }
    std::string server_name() const {
        std::unique_ptr<X509, void (*)(X509*)> certificate(
            SSL_get1_peer_certificate(session_.get()), X509_free);
        char name[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                                  sizeof name);
        return name;
    }

private:
    Loopback& loopback_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    UniqueFd fd_;
    std::unique_ptr<SSL, void (*)(SSL*)> session_{nullptr, SSL_free};
    bool is_at_end_ = false;
};

class TlsTest : public testing::TestWithParam<int> {
protected:
    TlsTest() {
        char folder[] = "/tmp/sewa_tls_test_XXXXXX";
        folder_ = mkdtemp(folder);
        files_ = {folder_ + "/certificate.pem", folder_ + "/key.pem"};
        write_certificate(files_, "first");
        context_ = *TlsContext::create(files_);
    }
    ~TlsTest() override { std::filesystem::remove_all(folder_); }

    std::string folder_;
    TlsFiles files_;
    std::shared_ptr<TlsContext> context_;
    Loopback loopback_;
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](auto const& version) {
                             return version.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3";
                         });

TEST_P(TlsTest, bytes_travel_both_ways) {
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    client.write("question");
    loopback_.turn();
    EXPECT_EQ(loopback_.log.received, "question");
    EXPECT_TRUE(loopback_.connection->is_tls());
    loopback_.connection->send_bytes("ans");
    EXPECT_TRUE(loopback_.connection->send(SharedFrame::text("wer")));
    loopback_.turn();
    EXPECT_EQ(client.read(), "ans\x81\x03wer");
}

TEST_P(TlsTest, large_amounts_pass_a_full_socket_in_both_directions) {
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    std::string text;
    for (std::size_t i = 0; i < 3'000'000; ++i) text += static_cast<char>('a' + i % 23);
    client.write(text);
    loopback_.turn(10);
    EXPECT_TRUE(loopback_.log.received == text);

    loopback_.connection->send_owned(text);
    EXPECT_TRUE(loopback_.read_all(client) == text);
}

TEST_P(TlsTest, a_record_that_waits_to_be_retried_is_neither_shed_nor_replaced) {
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    loopback_.turn();
    std::size_t sent = 0;
    bool fits = true;
    for (int i = 0; fits && i < 10'000; ++i) {
        fits = loopback_.connection->send_ephemeral(SharedFrame::text(std::string(996, 'p')),
                                                    EphemeralKind::kPresence, 0);
        loopback_.turn();
    }
    while (loopback_.connection->send(SharedFrame::text(std::string(996, 'm')))) ++sent;
    auto const received = loopback_.read_all(client);
    EXPECT_TRUE(loopback_.connection->is_open());
    EXPECT_EQ(received.size() % 1'000, 0u);
    std::size_t messages = 0;
    for (std::size_t at = 0; at < received.size(); at += 1'000) {
        ASSERT_EQ(static_cast<unsigned char>(received[at]), 0x81);
        messages += received[at + 500] == 'm';
    }
    EXPECT_EQ(messages, sent);
}

TEST_P(TlsTest, a_file_is_sent_through_tls) {
    char path[] = "/tmp/sewa_tls_file_XXXXXX";
    UniqueFd file(mkstemp(path));
    unlink(path);
    std::string const content(500'000, 'f');
    ASSERT_EQ(::write(file.get(), content.data(), content.size()), 500'000);
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    EXPECT_TRUE(loopback_.connection->send_file(std::move(file), 0, content.size()));
    EXPECT_TRUE(loopback_.read_all(client) == content);
}

TEST_P(TlsTest, close_after_flush_ends_the_stream_with_a_notice) {
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    loopback_.turn();
    loopback_.connection->send_bytes("bye");
    loopback_.connection->close_after_flush();
    loopback_.turn(2);
    EXPECT_EQ(client.read(), "bye");
    client.read();
    EXPECT_TRUE(client.is_at_end());
}

TEST_P(TlsTest, reload_serves_the_new_certificate_to_new_connections_only) {
    TlsClient before(loopback_, *context_, GetParam());
    ASSERT_TRUE(before.handshake());
    write_certificate(files_, "second");
    ASSERT_TRUE(context_->reload());
    TlsClient after(loopback_, *context_, GetParam());
    ASSERT_TRUE(after.handshake());
    EXPECT_EQ(before.server_name(), "first");
    EXPECT_EQ(after.server_name(), "second");
    before.write("still here");
    loopback_.turn();
    EXPECT_EQ(loopback_.log.received, "still here");
}

TEST_P(TlsTest, a_reload_that_fails_says_why_and_keeps_the_old_certificate) {
    std::ofstream(files_.certificate) << "not a certificate";
    auto const status = context_->reload();
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find(files_.certificate), std::string::npos);
    TlsClient client(loopback_, *context_, GetParam());
    ASSERT_TRUE(client.handshake());
    EXPECT_EQ(client.server_name(), "first");
}

TEST_P(TlsTest, a_key_of_another_certificate_is_refused) {
    TlsFiles const other{folder_ + "/other.pem", folder_ + "/other_key.pem"};
    write_certificate(other, "other");
    EXPECT_FALSE(TlsContext::create({files_.certificate, other.key}));
    EXPECT_FALSE(TlsContext::create({files_.certificate, folder_ + "/absent.pem"}));
}

TEST_P(TlsTest, what_is_no_tls_closes_the_connection) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    ASSERT_TRUE(loopback_.table.adopt(Socket(UniqueFd(ends[0]), context_->new_session()),
                                      std::make_unique<LoggingProtocol>(loopback_.log)));
    Peer peer{UniqueFd(ends[1])};
    peer.write("GET / HTTP/1.1\r\n\r\n");
    loopback_.turn(2);
    EXPECT_EQ(loopback_.log.closed, 1);
    EXPECT_EQ(loopback_.log.received, "");
}

}  // namespace
}  // namespace sewa::net
