#include "app/doctor.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"

namespace sewa::cli {
namespace {

using Grade = app::Finding::Grade;

std::string_view word_of(Grade grade) {
    switch (grade) {
        case Grade::kGood:
            return "good";
        case Grade::kWarning:
            return "warning";
        case Grade::kBad:
            break;
    }
    return "BAD";
}

}  // namespace

void register_doctor(CLI::App& app) {
    auto* const command =
        app.add_subcommand("doctor", "Look for what keeps `sewa serve` from working well");
    auto const flags = ConfigFlags::add_to(*command);
    command->callback([flags] {
        auto const loaded = flags->load();
        if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
        auto const findings = app::examine(loaded->config);
        for (auto const& [grade, about, text] : findings) {
            std::cout << fmt::format("{:<8} {:<15} {}\n", word_of(grade), about, text);
        }
        auto const bad = std::count_if(findings.begin(), findings.end(), [](auto const& finding) {
            return finding.grade == Grade::kBad;
        });
        if (bad == 0) return;
        fail_command(error(Errc::kUnavailable, fmt::format("{} to mend before a start", bad)));
    });
}

}  // namespace sewa::cli
