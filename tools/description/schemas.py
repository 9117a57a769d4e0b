"""The words of both descriptions: what people, messages, conversations and their like look like as JSON."""
import json
import pathlib

PROTOCOL = pathlib.Path(__file__).resolve().parent.parent.parent / "protocol"
CODES = sorted(error["code"] for error in json.loads((PROTOCOL / "errors.json").read_text())["errors"])


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def array(items):
    return {"type": "array", "items": items}


def nullable(schema):
    return {"anyOf": [schema, {"type": "null"}]}


def thing(optional=(), **properties):
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


ID = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
NUMBER = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
BOOL = {"type": "boolean"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
ANY = {}


def one_of(*values):
    return {"enum": list(values)}


MESSAGE_DATA = dict(
    id=ID, conversation_id=ID, conversation=ID, conv_seq=ID, pos=ID, client_msg_id=nullable(TEXT), content=TEXT,
    text=TEXT, sender=nullable(ref("Person")), status=TEXT, reply_to=nullable(ID), attachments=array(ref("Attachment")),
    created_at=TIME,
    timestamp=TIME, message_type=one_of("text", "image", "file", "voice", "system", "deleted"))
EVENT = dict(conversation_id=ID, conv_seq=ID, pos=ID, user_id=ID, created_at=TIME)
STATUS = dict(user_id=ID, user_name=TEXT, is_online=BOOL, last_seen=nullable(TIME))
CONVERSATION = dict(
    id=ID, kind=one_of("direct", "group"), title=TEXT, participants=array(ref("Person")), participants_count=NUMBER,
    service=nullable(ref("Service")), provider=nullable(ref("Person")), customer=nullable(ref("Person")),
    other_participant=nullable(ref("Person")), created_at=TIME, updated_at=TIME, last_message_at=nullable(TIME),
    last_message_preview=TEXT, last_message=nullable(ref("Message")), is_active=BOOL, is_blocked=BOOL,
    is_archived=BOOL, is_pinned=BOOL, is_muted=BOOL, provider_archived=BOOL, customer_archived=BOOL,
    unread_count=NUMBER, last_conv_seq=NUMBER, read_up_to=NUMBER, delivered_up_to=NUMBER,
    read_markers=array(thing(user_id=ID, read_up_to=NUMBER, delivered_up_to=NUMBER)),
    latest_messages=array(ref("Message")))
MESSAGE = dict(
    **MESSAGE_DATA, attachment=nullable(ref("Attachment")), attachment_url=nullable(TEXT),
    read_statuses=array(thing(user_id=ID, is_read=BOOL)), is_read=BOOL, is_flagged=BOOL, is_deleted=BOOL,
    deletion_type=one_of(None, "self", "everyone"), is_deleted_for_user=BOOL, edited_at=nullable(TIME),
    rev=NUMBER, reactions=array(thing(emoji=TEXT, user_ids=array(ID))))
# What base mode reads beside `data`.
TOP_LEVEL = dict(id=ANY, timestamp=TEXT, message_id=ID, conversation_id=ID, deletion_type=one_of("self", "everyone"))
SCHEMAS = {
    "Person": thing(id=ID, name=TEXT, full_name=TEXT, first_name=TEXT, last_name=TEXT, avatar=nullable(TEXT),
                    role=one_of("customer", "provider", "staff")),
    "Service": thing(id=ID, title=TEXT, category=TEXT, slug=nullable(TEXT), price=nullable(TEXT)),
    "Attachment": thing(
        id=ID, url=TEXT, name=TEXT, content_type=TEXT, size=NUMBER, width=nullable(NUMBER), height=nullable(NUMBER),
        duration_ms=nullable(NUMBER), waveform=nullable(array({"type": "integer", "minimum": 0, "maximum": 100})),
        preview=nullable({"type": "string", "pattern": "^data:image/webp;base64,"})),
    "MessageData": thing(**MESSAGE_DATA),
    "SystemMessage": thing(**MESSAGE_DATA, duplicate=BOOL),
    "Message": thing(["duplicate"], **MESSAGE, duplicate=BOOL),
    "Hit": thing(**MESSAGE, highlights=array({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2})),
    "Conversation": thing(**CONVERSATION),
    "Status": thing(**STATUS),
    "Frame": thing(TOP_LEVEL, type=TEXT, data={"type": "object"}, **TOP_LEVEL),
    "Error": thing(optional=["field", "retry_after_ms"], code={"enum": CODES}, message=TEXT, detail=TEXT, field=TEXT,
                   retry_after_ms=NUMBER),
}
