#include "load/dialect.h"

#include <gtest/gtest.h>

#include <vector>

namespace sewa::peer_load {
namespace {

// Keeps what a dialect says.
class Heard final : public Listener {
public:
    void on_live() override { ++live; }
    void on_message(std::string_view text) override { messages.emplace_back(text); }
    void answer(std::string_view payload) override { answers.emplace_back(payload); }
    void on_wrong(std::string_view why) override { wrong.emplace_back(why); }

    int live = 0;
    std::vector<std::string> messages;
    std::vector<std::string> answers;
    std::vector<std::string> wrong;
};

Speech speech(std::string const& dialect, bool are_pairs = true) {
    Speech speech;
    speech.dialect = dialect;
    speech.target = "/room/{room}/{place}";
    speech.layout = {10, are_pairs ? 2U : 5U, are_pairs};
    speech.secret = std::string(64, 's');
    return speech;
}

using Texts = std::vector<std::string>;

TEST(Dialect, an_unknown_name_makes_none) {
    EXPECT_EQ(make_dialect(speech("morse"), {}), nullptr);
}

TEST(Dialect, plain_relays_the_text_and_fills_in_the_path) {
    auto const plain = make_dialect(speech("plain"), {7, 1});
    EXPECT_EQ(plain->target(), "/room/7/1");
    Heard heard;
    plain->on_open(heard);
    EXPECT_EQ(heard.live, 1);
    plain->on_payload("hello", heard);
    plain->on_payload("queued messages: 1\r\n", heard);
    EXPECT_EQ(heard.messages, Texts{"hello"});
}

TEST(Dialect, json_reads_what_it_writes) {
    auto const json = make_dialect(speech("json"), {});
    Heard heard;
    json->on_payload(json->message("1 2 3."), heard);
    json->on_payload("{}", heard);
    EXPECT_EQ(heard.messages, Texts{"1 2 3."});
    EXPECT_EQ(heard.wrong, Texts{"{}"});
}

TEST(Dialect, socketio_joins_its_namespace_and_answers_pings) {
    auto const socket = make_dialect(speech("socketio"), {3, 0});
    EXPECT_EQ(socket->target(), "/socket.io/?EIO=4&transport=websocket&room=3");
    Heard heard;
    socket->on_open(heard);
    socket->on_payload(R"(0{"sid":"a","upgrades":[],"pingInterval":25000})", heard);
    socket->on_payload(R"(40{"sid":"b"})", heard);
    socket->on_payload("2", heard);
    socket->on_payload(socket->message("hello"), heard);
    EXPECT_EQ(heard.answers, (Texts{"40", "3"}));
    EXPECT_EQ(heard.live, 1);
    EXPECT_EQ(heard.messages, Texts{"hello"});
}

TEST(Dialect, nats_reads_the_same_however_the_stream_is_cut) {
    std::string const stream =
        "INFO {\"max_payload\":1048576}\r\nPONG\r\nMSG room.4 1 5\r\nhe\r\no\r\n"
        "PING\r\nMSG room.4 1 2\r\nhi\r\n";
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        auto const nats = make_dialect(speech("nats"), {4, 0});
        Heard heard;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            nats->on_payload(stream.substr(at, piece), heard);
        }
        EXPECT_EQ(heard.messages, (Texts{"he\r\no", "hi"})) << "in pieces of " << piece;
        ASSERT_EQ(heard.answers.size(), 2U);
        EXPECT_NE(heard.answers[0].find("SUB room.4 1\r\nPING\r\n"), std::string::npos);
        EXPECT_EQ(heard.answers[1], "PONG\r\n");
        EXPECT_EQ(heard.live, 1);
    }
}

TEST(Dialect, nats_publishes_with_the_size_and_reports_errors) {
    auto const nats = make_dialect(speech("nats"), {4, 0});
    EXPECT_EQ(nats->message("hello"), "PUB room.4 5\r\nhello\r\n");
    Heard heard;
    nats->on_payload("-ERR 'Slow Consumer'\r\n", heard);
    EXPECT_EQ(heard.wrong, Texts{"-ERR 'Slow Consumer'"});
}

TEST(Dialect, xmpp_logs_in_and_binds_before_it_talks) {
    auto const xmpp = make_dialect(speech("xmpp"), {4, 1});
    Heard heard;
    xmpp->on_open(heard);
    xmpp->on_payload("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", heard);
    xmpp->on_payload("<stream:features><mechanisms/></stream:features>", heard);
    xmpp->on_payload("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", heard);
    xmpp->on_payload("<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", heard);
    xmpp->on_payload("<iq type='result' id='bind'><bind><jid>u4-1@localhost/b</jid></bind>", heard);
    EXPECT_EQ(heard.live, 0);
    xmpp->on_payload("<presence from='u4-1@localhost/b'/>", heard);
    EXPECT_EQ(heard.live, 1);
    ASSERT_EQ(heard.answers.size(), 5U);
    // \0u4-1\0bench
    EXPECT_NE(heard.answers[1].find(">AHU0LTEAYmVuY2g=<"), std::string::npos);
    xmpp->on_payload("<message type='chat'><body>hello</body></message>", heard);
    EXPECT_EQ(heard.messages, Texts{"hello"});
    EXPECT_NE(xmpp->message("hi").find(R"(to="u4-0@localhost" type="chat")"), std::string::npos);
}

TEST(Dialect, xmpp_rooms_are_multi_user_chats) {
    auto const xmpp = make_dialect(speech("xmpp", false), {4, 1});
    EXPECT_NE(xmpp->message("hi").find(R"(to="room4@conference.localhost" type="groupchat")"),
              std::string::npos);
}

TEST(Dialect, xmpp_reports_a_refused_login) {
    auto const xmpp = make_dialect(speech("xmpp"), {});
    Heard heard;
    xmpp->on_payload("<failure><not-authorized/></failure>", heard);
    EXPECT_EQ(heard.wrong.size(), 1U);
}

TEST(Dialect, sewa_gives_every_message_a_key_of_its_own) {
    auto const sewa = make_dialect(speech("sewa"), {2, 1});
    auto const first = sewa->message("a");
    auto const second = sewa->message("a");
    EXPECT_NE(first, second);
    EXPECT_EQ(between(first, R"("conversation_id":)", ","), "3");
    Heard heard;
    sewa->on_payload(R"({"type":"connection","data":{"resume":"fresh"}})", heard);
    sewa->on_payload(R"({"type":"ack","id":null,"data":{"conversation_id":3}})", heard);
    sewa->on_payload(R"({"type":"message","data":{"content":"b"}})", heard);
    sewa->on_payload(R"({"type":"error","data":{"code":"rate_limited"}})", heard);
    EXPECT_EQ(heard.live, 1);
    EXPECT_EQ(heard.messages, Texts{"b"});
    EXPECT_EQ(heard.wrong.size(), 1U);
}

}  // namespace
}  // namespace sewa::peer_load
