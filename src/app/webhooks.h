#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "webhook/sender.h"

namespace sewa::app {

// Start-up: the sender that the configuration asks for, not started yet; null when it asks for
// none.
Result<std::unique_ptr<webhook::Sender>> open_webhooks(config::Config const& config,
                                                       store::Store& store, Clock const& clock);

// GET server/webhooks/. Any-thread; null is a server without webhooks.
std::string webhooks_json(webhook::Sender const* sender);

}  // namespace sewa::app
