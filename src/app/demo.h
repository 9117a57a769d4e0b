#pragma once

#include <string>
#include <vector>

#include "chat/hub.h"
#include "core/clock.h"
#include "http/router.h"
#include "store/store.h"

namespace sewa::app {

// A small marketplace to try the product with: four people, a few services, one conversation, and
// a login without a password. Only on a loopback address, as configuration enforces.
class Demo {
public:
    // `secret` signs the tokens. All outlive the routes.
    Demo(store::Store& store, std::string secret, Clock const& clock);

    // Puts people and services into the store; what is there stays as it is.
    void seed();

    // GET /api/demo/ and POST /api/demo/login/.
    void add_routes(http::Router& router, chat::Hub& hub);

private:
    void log_in(http::RequestContext& context) const;

    store::Store& store_;
    std::string const secret_;
    Clock const& clock_;
};

struct DemoPerson {
    std::string_view key;  // What `sewa chat --demo` takes.
    Person person;
};
std::vector<DemoPerson> const& demo_people();

}  // namespace sewa::app
