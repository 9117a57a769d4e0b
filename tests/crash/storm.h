#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deadline.h"
#include "device.h"
#include "faulty_links.h"
#include "process.h"

namespace sewa::crash {

// A server that is killed again and again while devices talk through faulty links. One thread.
// Whatever is random comes from the seed; when the kernel delivers what does not.
class Storm {
public:
    struct Options {
        std::string folder;  // Exists; gets the data, the log and history.jsonl.
        std::uint64_t seed = 1;
    };

    explicit Storm(Options options);

    // False when the server did not come up.
    bool begin();
    bool kill_and_restart();
    // No kills: a line with the server's resources every so often goes to FOLDER/samples.jsonl.
    void soak(std::chrono::seconds length);
    // No more faults: true when everything is answered, shown and asked for at the end.
    bool settle();
    std::string describe() const;

private:
    bool launch(bool waits);
    void write_sample(History& samples, std::chrono::milliseconds since_start);
    void add_devices();
    std::int64_t open_conversation(std::int64_t customer);
    void run_for(std::uint64_t ms);
    bool until(std::function<bool()> const& condition, e2e::Deadline deadline);
    bool wait_for(std::function<bool()> const& condition);
    std::size_t acknowledged() const;
    bool is_settled() const;
    std::string token(std::int64_t user) const;

    Options const options_;
    SeededRandom random_;
    boost::asio::io_context io_;
    FaultyLinks links_;
    History history_;
    std::unique_ptr<e2e::Process> server_;
    std::uint16_t port_ = 0;
    int starts_ = 0;
    int early_kills_ = 0;
    std::vector<std::unique_ptr<Device>> devices_;
};

}  // namespace sewa::crash
