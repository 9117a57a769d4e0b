// PROTOCOL section 10: people who register and log in here.
#include <fmt/format.h>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Accounts : public ServerTest {
protected:
    void SetUp() override { serve({}); }
    void serve(std::vector<std::string> more) {
        std::vector<std::string> arguments{"serve",       "--listen",    "127.0.0.1:0",
                                           "--data",      data_folder(), "--metrics-listen",
                                           "127.0.0.1:0", "--accounts"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        start_exactly(std::move(arguments));
    }
    HttpAnswer auth(std::string const& what, std::string body) {
        return http(
            port(),
            {.method = "POST", .target = "/api/auth/" + what + "/", .body = std::move(body)});
    }
    HttpAnswer enrol(std::string const& name) {
        auto const* const rest =
            R"(","password":"correct horse","name":"Maya Lama","role":"provider"})";
        return auth("register", R"({"username":")" + name + rest);
    }
    HttpAnswer log_in(std::string const& name, std::string const& password = "correct horse") {
        return auth("login", fmt::format(R"({{"username":"{}","password":"{}"}})", name, password));
    }
    HttpAnswer refresh(std::string const& token) {
        return auth("refresh", fmt::format(R"({{"refresh":"{}"}})", token));
    }
    int status_of(std::string const& token) {
        return http(port(), {.target = "/api/messaging/conversations/", .token = token}).status;
    }
    WsClient session(std::string const& token) {
        return dial({.target = "/ws/messaging/?v=1&token=" + token});
    }
};

TEST_F(Accounts, I_1_who_registered_can_come_in_and_stays_over_a_restart) {
    auto const enrolled = enrol("Maya@Example.com");
    ASSERT_EQ(enrolled.status, 201) << enrolled.body;
    EXPECT_EQ(enrolled.json()["user"]["role"], "provider");
    EXPECT_EQ(status_of(enrolled.json()["access"].text()), 200);
    auto client = session(enrolled.json()["access"].text());
    auto const first = client.expect("connection");
    EXPECT_EQ(first["data"]["user_id"].number(), enrolled.json()["user"]["id"].number());
    restart();
    auto const again = log_in("maya@example.COM");
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.json()["user"]["name"], "Maya Lama");
    EXPECT_EQ(status_of(enrolled.json()["access"].text()), 200) << "the secret is kept";
    auto const files =
        read_file(data_folder() + "/sewa.db") + read_file(data_folder() + "/sewa.db-wal");
    EXPECT_EQ(files.find("correct horse"), std::string::npos);
    EXPECT_NE(files.find("$argon2id$"), std::string::npos);
    EXPECT_EQ(files.find(again.json()["refresh"].text().substr(33)), std::string::npos);
}

TEST_F(Accounts, I_1_what_cannot_be_an_account_is_refused_by_name) {
    enrol("maya");
    auto const taken = enrol("MAYA");
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.json()["field"], "username");
    auto const field = [&](std::string body) {
        auto const answer = auth("register", std::move(body));
        EXPECT_EQ(answer.status, 400) << answer.body;
        return answer.json()["field"].text();
    };
    EXPECT_EQ(field(R"({"username":"a","password":"correct horse","name":"A"})"), "username");
    EXPECT_EQ(field(R"({"username":"anna","password":"short","name":"A"})"), "password");
    EXPECT_EQ(field(R"({"username":"anna","password":"correct horse"})"), "name");
    EXPECT_EQ(field(R"({"username":"anna","password":"correct horse","name":"A","role":"staff"})"),
              "role");
}

TEST_F(Accounts, I_2_an_unknown_name_and_a_wrong_password_look_the_same) {
    enrol("maya");
    auto const wrong = log_in("maya", "wrong horse"), unknown = log_in("nobody");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(wrong.body, unknown.body);
}

TEST_F(Accounts, I_2_attempts_are_limited_by_name) {
    HttpAnswer last;
    // Ten at once; on a slow machine some come back meanwhile.
    for (int i = 0; i < 60 && last.status != 429; ++i) last = log_in("nobody");
    EXPECT_EQ(last.status, 429);
    EXPECT_EQ(last.json()["code"], "rate_limited");
    EXPECT_TRUE(last.headers.contains("retry-after"));
    EXPECT_EQ(log_in("other").status, 401);
}

TEST_F(Accounts, I_2_attempts_are_limited_by_address) {
    stop();
    serve({"--set", "accounts.attempts_per_address=3"});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(refresh("x").status, 401);
    EXPECT_EQ(refresh("x").status, 429);
    EXPECT_EQ(enrol("maya").status, 429);
    auto const behind_proxy = [&](std::string const& address) {
        return http(port(), {.method = "POST",
                             .target = "/api/auth/refresh/",
                             .body = R"({"refresh":"x"})",
                             .more_headers = "X-Forwarded-For: " + address + "\r\n"});
    };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(behind_proxy("203.0.113.1").status, 401);
    EXPECT_EQ(behind_proxy("203.0.113.1").status, 429);
    EXPECT_EQ(behind_proxy("203.0.113.2").status, 401) << "another client of the same proxy";
}

TEST_F(Accounts, I_3_a_refresh_token_counts_once_and_its_reuse_ends_the_login) {
    auto const enrolled = enrol("maya").json();
    auto const elsewhere = log_in("maya").json();
    auto const first = refresh(enrolled["refresh"].text());
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(status_of(first.json()["access"].text()), 200);
    auto client = session(first.json()["access"].text());
    client.expect("connection");
    EXPECT_EQ(refresh(enrolled["refresh"].text()).status, 401) << "used before";
    EXPECT_EQ(refresh(first.json()["refresh"].text()).status, 401) << "the login has ended";
    EXPECT_EQ(status_of(first.json()["access"].text()), 401);
    EXPECT_EQ(client.close_code(), 4001);
    auto const other = refresh(elsewhere["refresh"].text());
    EXPECT_EQ(other.status, 200) << "another login goes on";
    EXPECT_EQ(status_of(other.json()["access"].text()), 200);
    EXPECT_EQ(refresh("").status, 401);
    EXPECT_EQ(refresh(std::string(32, '0') + "." + std::string(64, '0')).status, 401);
}

TEST_F(Accounts, I_4_a_logout_ends_the_login_and_its_sockets) {
    auto const enrolled = enrol("maya").json();
    auto client = session(enrolled["access"].text());
    client.expect("connection");
    auto const body = fmt::format(R"({{"refresh":"{}"}})", enrolled["refresh"].text());
    EXPECT_EQ(auth("logout", body).status, 204);
    EXPECT_EQ(status_of(enrolled["access"].text()), 401);
    EXPECT_EQ(refresh(enrolled["refresh"].text()).status, 401);
    EXPECT_EQ(client.close_code(), 4001);
    EXPECT_EQ(auth("logout", body).status, 204) << "once more does no harm";
    auto const again = log_in("maya");
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(status_of(again.json()["access"].text()), 200);
}

TEST_F(Accounts, they_are_off_where_somebody_else_issues_tokens) {
    stop();
    auto const secret = folder().write("secret", kSecret);
    auto const both = run({"serve", "--listen", "127.0.0.1:0", "--data", data_folder(),
                           "--jwt-secret-file", secret, "--accounts"});
    EXPECT_EQ(both.code, 2);
    EXPECT_NE(both.errors.find("accounts.enabled"), std::string::npos) << both.errors;
    start_exactly({"serve", "--listen", "127.0.0.1:0", "--data", data_folder(), "--metrics-listen",
                   "127.0.0.1:0", "--jwt-secret-file", secret});
    EXPECT_EQ(log_in("maya").status, 404);
}

}  // namespace
}  // namespace sewa::e2e
