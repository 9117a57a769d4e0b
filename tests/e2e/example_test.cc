// The client library's example does what it says.
#include <fmt/format.h>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Example : public ServerTest {};

TEST_F(Example, two_people_write_to_each_other) {
    start();
    Process example({{SEWA_EXAMPLE, fmt::format("ws://127.0.0.1:{}", port())}, "/dev/null"});
    auto const output = example.read_all();
    EXPECT_EQ(example.wait(), 0);
    EXPECT_NE(output.find("bikash sees: Namaste! Is Tuesday possible?"), std::string::npos)
        << output;
    EXPECT_NE(output.find("asha sees: Yes, at nine."), std::string::npos) << output;
}

}  // namespace
}  // namespace sewa::e2e
