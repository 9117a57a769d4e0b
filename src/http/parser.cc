#include "http/parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace sewa::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;
using Verb = beast::http::verb;
using Field = beast::http::field;
using Text = beast::string_view;

constexpr std::size_t kChunkExtensionsMax = 256;

std::string_view view(Text text) {
    return {text.data(), text.size()};
}

Method to_method(Verb verb) {
    switch (verb) {
        case Verb::get:
            return Method::kGet;
        case Verb::head:
            return Method::kHead;
        case Verb::post:
            return Method::kPost;
        case Verb::put:
            return Method::kPut;
        case Verb::patch:
            return Method::kPatch;
        case Verb::delete_:
            return Method::kDelete;
        case Verb::options:
            return Method::kOptions;
        default:
            return Method::kOther;
    }
}

Refusal explain(error_code const& failure) {
    using beast::http::error;
    if (failure == error::header_limit) return {431, "the header is too long"};
    if (failure == error::body_limit) return {413, "the body is too long"};
    if (failure == error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    if (failure == error::bad_content_length || failure == error::multiple_content_length) {
        return {400, "bad Content-Length"};
    }
    if (failure == error::bad_transfer_encoding) return {400, "bad Transfer-Encoding"};
    return {400, "malformed request"};
}

}  // namespace

class Parser::Grammar final : public beast::http::basic_parser<true> {
public:
    explicit Grammar(ParserLimits limits) : limits_(limits) {
        header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        body_limit(boost::none);  // Counted in `take_body`, whose limit is known after the header.
    }

    std::size_t step(std::string_view bytes) {
        input_ = bytes;
        error_code failure;
        bool const is_header = state_ == State::kHeader;
        auto const taken = put(boost::asio::const_buffer(bytes.data(), bytes.size()), failure);
        needs_more_ = failure == beast::http::error::need_more;
        if (is_header) check_header(taken, needs_more_ ? bytes.size() - taken : 0);
        if (failure && !needs_more_ && state_ != State::kRefused) {
            refusal_ = explain(failure);
            state_ = State::kRefused;
        }
        return taken;
    }

    State state_ = State::kHeader;
    Refusal refusal_;
    Request request_;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t body_bytes_max_ = 0;
    BodySink* sink_ = nullptr;
    bool needs_more_ = false;

private:
    void refuse(int status, std::string_view reason, error_code& failure) {
        refusal_ = {status, std::string(reason)};
        state_ = State::kRefused;
        failure = beast::http::error::bad_field;
    }

    // Beast counts the fields only; the limit is for all of the header as it was sent, so that it
    // does not depend on how the bytes arrive.
    void check_header(std::size_t taken, std::size_t waiting) {
        header_bytes_ += taken;
        bool const is_short = header_bytes_ + waiting <= limits_.header_bytes_max;
        if (is_short || state_ == State::kRefused) return;
        refusal_ = {431, "the header is too long"};
        state_ = State::kRefused;
    }

    void on_request_impl(Verb verb, Text, Text target, int version, error_code& failure) override {
        request_.method = to_method(verb);
        request_.is_http_1_0 = version == 10;
        auto parsed = http::parse_target(view(target));
        if (!parsed) return refuse(400, "bad request target", failure);
        request_.path = std::move(parsed->path);
        request_.query = std::move(parsed->query);
    }

    void on_field_impl(Field field, Text name, Text value, error_code& failure) override {
        // Trailers come behind the header that is counted, and their limit is the same.
        if (state_ != State::kHeader) header_bytes_ += name.size() + value.size();
        if (header_bytes_ > limits_.header_bytes_max) {
            return refuse(431, "the header is too long", failure);
        }
        if (++fields_ > limits_.headers_max) return refuse(431, "too many fields", failure);
        if (is_folded(name)) return refuse(400, "a folded field", failure);
        if (state_ != State::kHeader) return;  // A trailer: nothing here reads any.
        check_framing(field, view(value), failure);
        request_.headers.add(view(name), view(value));
    }

    // Beast unfolds a value that goes on in the next line; here it is refused.
    bool is_folded(Text name) const {
        auto const at = static_cast<std::size_t>(name.data() - input_.data()) + name.size();
        auto const next_line = input_.find("\r\n", at) + 2;
        return next_line < input_.size() && (input_[next_line] == ' ' || input_[next_line] == '\t');
    }

    void check_framing(Field field, std::string_view value, error_code& failure) {
        if (field == Field::host && std::exchange(has_host_, true)) {
            return refuse(400, "Host is given twice", failure);
        }
        if (field == Field::content_length) {
            bool const is_number = value.find_first_not_of("0123456789") == value.npos;
            if (std::exchange(has_length_, true) || !is_number || value.empty()) {
                return refuse(400, "bad Content-Length", failure);
            }
        }
        if (field == Field::transfer_encoding) {
            if (request_.is_http_1_0 || !equals_ignoring_case(value, "chunked")) {
                return refuse(400, "bad Transfer-Encoding", failure);
            }
        }
    }

    void on_header_impl(error_code& failure) override {
        if (!has_host_ && !request_.is_http_1_0) return refuse(400, "Host is missing", failure);
        request_.keep_alive = keep_alive();
        state_ = State::kBody;
    }

    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}

    std::size_t on_body_impl(Text body, error_code& failure) override {
        return take_body(body, failure);
    }

    void on_chunk_header_impl(std::uint64_t size, Text extensions, error_code& failure) override {
        if (extensions.size() > kChunkExtensionsMax) {
            return refuse(400, "chunk extensions are too long", failure);
        }
        if (size > body_bytes_max_ || body_bytes_ + size > body_bytes_max_) {
            refuse(413, "the body is too long", failure);
        }
    }

    std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& failure) override {
        return take_body(body, failure);
    }

    std::size_t take_body(Text body, error_code& failure) {
        body_bytes_ += body.size();
        if (body_bytes_ > body_bytes_max_) {
            refuse(413, "the body is too long", failure);
        } else if (sink_ == nullptr) {
            request_.body.append(body.data(), body.size());
        } else if (auto taken = sink_->on_chunk(view(body)); !taken) {
            refuse(info(taken.error().code).http_status, taken.error().message, failure);
            refusal_.error = taken.error();
        }
        return body.size();
    }

    void on_finish_impl(error_code&) override { state_ = State::kComplete; }

    void on_response_impl(int, Text, int, error_code&) override {}

    ParserLimits const limits_;
    std::string_view input_;
    std::size_t header_bytes_ = 0;
    std::size_t fields_ = 0;
    bool has_host_ = false;
    bool has_length_ = false;
};

Parser::Parser(ParserLimits limits) : grammar_(std::make_unique<Grammar>(limits)) {}
Parser::~Parser() = default;

std::size_t Parser::parse(std::string_view bytes) {
    std::size_t taken = 0;
    auto const before = state();
    while (taken < bytes.size() && state() == before) {
        taken += grammar_->step(bytes.substr(taken));
        if (grammar_->needs_more_) break;
    }
    return taken;
}

Parser::State Parser::state() const {
    return grammar_->state_;
}

Refusal Parser::refusal() const {
    return grammar_->refusal_;
}

Request& Parser::request() {
    return grammar_->request_;
}

void Parser::begin_body(std::uint64_t bytes_max, BodySink* sink) {
    grammar_->body_bytes_max_ = bytes_max;
    grammar_->sink_ = sink;
}

std::optional<std::uint64_t> Parser::content_length() const {
    auto const length = grammar_->content_length();
    return length ? std::optional(*length) : std::nullopt;
}

std::uint64_t Parser::body_bytes() const {
    return grammar_->body_bytes_;
}

}  // namespace sewa::http
