"""What goes over the WebSocket in each direction: the `data` of every frame."""
from description.schemas import CODES, EVENT, ID, NUMBER, TEXT, BOOL, TIME, array, nullable, one_of, ref, thing

RECEIVED = {
    "connection": thing(
        status=one_of("connected"), user_id=ID, connection_id=TEXT, v=one_of(0, 1), epoch=TEXT, pos=NUMBER,
        resume=one_of("resumed", "snapshot", "fresh"), reason=one_of(None, "too_old", "epoch_changed"),
        ping_interval_ms=NUMBER, token_expires_in=NUMBER, server_time=TIME,
        limits=thing(max_frame=NUMBER, max_content=NUMBER)),
    "message": ref("MessageData"),
    "message_updated": thing(**EVENT, id=ID, content=TEXT, text=TEXT, edited_at=TIME, rev=NUMBER),
    "message_deleted": thing(["conv_seq"], **EVENT, id=ID, message_id=ID, scope=one_of("me", "all"),
                             deletion_type=one_of("self", "everyone")),
    "reaction": thing(**EVENT, message_id=ID, emoji=TEXT, op=one_of("add", "remove")),
    "read": thing(**EVENT, up_to=ID),
    "conversation": thing(
        ["conv_seq", "title", "participant_id"], **EVENT, title=TEXT, participant_id=ID,
        change=one_of("created", "closed", "reopened", "blocked", "unblocked", "participant_added",
                      "participant_removed", "renamed", "archived", "unarchived", "pinned", "unpinned", "muted",
                      "unmuted", "deleted")),
    "ack": thing(["id", "conv_seq", "pos", "client_msg_id", "created_at"], conversation_id=ID, id=ID, conv_seq=ID,
                 pos=ID, client_msg_id=nullable(TEXT), created_at=TIME, duplicate=BOOL),
    "error": thing(["retry_after_ms", "field", "client_msg_id"], code={"enum": CODES}, message=TEXT, retryable=BOOL,
                   retry_after_ms=NUMBER, field=TEXT, client_msg_id=TEXT),
    "typing": thing(conversation_id=ID, user_id=ID, user_name=TEXT, is_typing=BOOL, expires_in_ms=NUMBER),
    "status": ref("Status"),
    "status_snapshot": thing(users=array(ref("Status"))),
    "delivered": thing(conversation_id=ID, user_id=ID, up_to=ID),
    "unread": thing(conversation_id=ID, count=NUMBER, total=NUMBER),
    "heartbeat": thing(status=one_of("pong")),
    "auth": thing(status=one_of("ok"), token_expires_in=NUMBER),
    "token_expiring": thing(expires_in_ms=NUMBER),
    "drain": thing(reconnect_after_ms=NUMBER),
    "synced": thing(pos=NUMBER),
}
SENT = {
    "message": thing(["client_msg_id", "reply_to", "attachments"], conversation_id=ID, content=TEXT,
                     client_msg_id=TEXT, reply_to=ID, attachments=array(ID)),
    "message_updated": thing(id=ID, content=TEXT),
    "message_deleted": thing(id=ID, scope=one_of("me", "all")),
    "reaction": thing(message_id=ID, emoji=TEXT, op=one_of("add", "remove")),
    "read": thing(conversation_id=ID, up_to=ID),
    "delivered": thing(conversation_id=ID, up_to=ID),
    "typing": thing(conversation_id=ID, is_typing=BOOL),
    "presence": thing(ids=array(ID)),
    "focus": thing(conversation_id=nullable(ID)),
    "heartbeat": {"type": "object"},
    "auth": thing(token=TEXT),
}

# Durable frames that concern more than one person: what webhooks carry.
SHARED = ("message", "message_updated", "message_deleted", "reaction", "read", "conversation")
