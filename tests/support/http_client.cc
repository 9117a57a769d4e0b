#include "http_client.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "tcp.h"

namespace sewa::e2e {

namespace {

HttpAnswer parse_answer(std::string const& text) {
    HttpAnswer answer;
    auto const head_end = text.find("\r\n\r\n");
    if (!text.starts_with("HTTP/1.1 ") || head_end == std::string::npos) return answer;
    answer.status = std::atoi(text.c_str() + 9);
    answer.body = text.substr(head_end + 4);
    for (auto at = text.find("\r\n") + 2; at < head_end;) {
        auto const end = text.find("\r\n", at);
        auto const colon = text.find(": ", at);
        auto name = text.substr(at, colon - at);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        answer.headers[name] = text.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    return answer;
}

}  // namespace

std::string http_raw(std::uint16_t port, std::string_view bytes) {
    Tcp tcp(port);
    std::string answer;
    if (!tcp.is_open()) return answer;
    tcp.send(bytes);
    Deadline const deadline;
    while (tcp.receive(answer, deadline) == Tcp::Read::kData) {
    }
    return answer;
}

HttpAnswer http(std::uint16_t port, HttpRequest const& request) {
    auto bytes = request.method + " " + request.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
                 "Connection: close\r\n" + request.more_headers;
    if (!request.token.empty()) bytes += "Authorization: Bearer " + request.token + "\r\n";
    if (!request.body.empty() || request.method != "GET") {
        bytes += "Content-Type: " + request.content_type + "\r\nContent-Length: " +
                 std::to_string(request.body.size()) + "\r\n";
    }
    return parse_answer(http_raw(port, bytes + "\r\n" + request.body));
}

}  // namespace sewa::e2e
