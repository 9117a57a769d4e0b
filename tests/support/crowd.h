#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "deadline.h"
#include "sewa/client.h"

namespace sewa::e2e {

// Devices with the C++ client library, which post and write down what they are shown. One thread:
// the test's, inside `until`.
class Crowd {
public:
    explicit Crowd(std::string url) : url_(std::move(url)) {}

    void add(std::string token, std::vector<std::int64_t> conversations);
    // Every device posts so many messages, spread over its conversations; the text is unique.
    void talk(int messages_each);
    bool until(std::function<bool()> const& condition, Deadline deadline = Deadline());

    bool all_live() const;
    // Everything is answered, and every device was shown everything that was answered.
    bool is_quiet() const;
    std::size_t posted() const { return posted_; }
    std::size_t acknowledged() const { return acknowledged_.size(); }

    // Some device started anew from a snapshot of another epoch.
    std::size_t new_epochs() const { return new_epochs_; }
    bool all_show(std::int64_t conversation, std::vector<std::string> const& texts) const;
    // Each device of the conversation was shown exactly `stored`, once and in this order.
    void expect_shown(std::int64_t conversation, std::vector<std::string> const& stored) const;
    std::string describe() const;

private:
    struct Device {
        std::vector<std::int64_t> conversations;
        std::unique_ptr<client::Client> client;
        std::map<std::int64_t, std::vector<std::string>> shown;
        std::size_t shown_count = 0;
    };
    void note(Device& device, client::Event const& event);
    void start_anew(Device& device, client::Snapshot const& snapshot);

    std::string const url_;
    boost::asio::io_context io_;
    std::vector<std::unique_ptr<Device>> devices_;
    std::size_t posted_ = 0;
    std::map<std::int64_t, std::size_t> posted_in_;
    std::set<std::string> acknowledged_;
    std::size_t new_epochs_ = 0;
};

}  // namespace sewa::e2e
