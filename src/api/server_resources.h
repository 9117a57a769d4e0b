#pragma once

#include "api/call.h"

namespace sewa::api {

// The resources of the server-side API, one function for a row of PROTOCOL section 9. Each answers
// its call exactly once. Shard-local.

void put_person(Call call);
void put_service(Call call);
void show_server_presence(Call call);

// ban, unban, logout.
void change_access(Call call, store::AccessVerb verb);
void erase_person(Call call);
void export_person(Call call);

void create_conversation(Call call);
void rename_conversation(Call call);
void post_system_message(Call call);
// closed, reopened, blocked, unblocked.
void change_state(Call call, ConversationChange change);
void add_participant(Call call);
void remove_participant(Call call);

}  // namespace sewa::api
