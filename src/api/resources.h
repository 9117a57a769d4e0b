#pragma once

#include "api/call.h"

namespace sewa::api {

// The REST resources of PROTOCOL section 8, one function for a row of its table. Each answers its
// call exactly once. Shard-local.

void list_conversations(Call call);
void list_archived(Call call);
void open_conversation(Call call);
void show_conversation(Call call);
void mark_conversation_read(Call call);
void list_participants(Call call);
void show_events(Call call);
void signal_typing(Call call);
// archive, unarchive, pin, unpin, mute, unmute, delete: for the caller alone.
void change_conversation(Call call, ConversationChange change);

void list_messages(Call call);
void post_message(Call call);
void show_message(Call call);
void edit_message(Call call);
void delete_message(Call call);
void react_to_message(Call call);
void mark_message_read(Call call);
void flag_message(Call call);

void search_messages(Call call);

void show_sync(Call call);
void show_presence(Call call);

}  // namespace sewa::api
