#include "keyed_server_fixture.h"

namespace sewa::e2e {

void KeyedServerTest::SetUp() {
    key_ = make_key("all");
    start();
}

std::string KeyedServerTest::make_key(std::string const& scopes) {
    auto const made =
        run({"apikey", "create", "--data", data_folder(), "--name", "test", "--scopes", scopes});
    EXPECT_EQ(made.code, 0) << made.errors;
    return made.output.substr(0, made.output.find('\n'));
}

std::string KeyedServerTest::make_key_while_running(std::string const& scopes) {
    auto key = make_key(scopes);
    EXPECT_TRUE(eventually([&] { return ask("GET", "presence/", {}, key).status != 401; }))
        << "the running server notices a new key";
    return key;
}

HttpAnswer KeyedServerTest::ask(std::string method, std::string const& path, std::string body,
                                std::string const& key) {
    return http(port(), {.method = std::move(method),
                         .target = "/api/messaging/server/" + path,
                         .body = std::move(body),
                         .more_headers = "Authorization: Api-Key " + key + "\r\n"});
}

}  // namespace sewa::e2e
