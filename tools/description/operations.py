"""Every REST operation: what it takes and what it answers."""
import collections

from description.schemas import BOOL, CONVERSATION, ID, NUMBER, TEXT, TIME, array, nullable, one_of, ref, thing

# `query`: names. `body`, `answer`: schemas, None for none; BYTES answers a file. `form`: fields of a multipart body.
# `statuses`: of success. `security`: names of schemes, any one of them will do; "" is nothing at all.
Operation = collections.namedtuple("Operation", "method path summary query body statuses answer security form")
BYTES = object()
PAGE = ("page", "page_size")
OK = thing(status=one_of("ok"))
CHANGED = thing(status=one_of("ok"), changed=BOOL)
CURSOR_PAGE = thing(results=array(ref("Message")), has_more=BOOL)


def page_of(name):
    return thing(count=NUMBER, next=nullable(TEXT), previous=nullable(TEXT), results=array(ref(name)))


def section(base, security):
    """Makes the operations below one path."""
    def add(method, path, summary, answer, statuses=(200,), query=(), body=None, form=None, security=security):
        return Operation(method, base + path, summary, query, body, statuses, answer, security, form)
    return add


def messaging():
    add = section("/api/messaging/", ("bearer",))
    return [
        add("get", "health/", "whether the server works; no login",
            thing(status=one_of("ok"), service=one_of("sewa"), version=TEXT), security=()),
        add("post", "ws-ticket/", "a ticket for one WebSocket connection", thing(ticket=TEXT, expires_in=NUMBER),
            (201,)),
        add("get", "search/", "full text (F-1 to F-4)",
            thing(results=array(ref("Hit")), next_cursor=nullable(ID)),
            query=("q", "conversation", "sender", "type", "after", "before", "limit", "cursor")),
        add("get", "sync/", "snapshot (R-4)",
            thing(epoch=TEXT, pos=NUMBER, next_cursor=nullable(ID), conversations=array(ref("Conversation"))),
            query=("limit", "cursor")),
        add("get", "presence/", "who is online", thing(users=array(ref("Status"))), query=("ids",)),
        *conversations(add), *messages(add), *attachments(add),
    ]


def conversations(add):
    path = "conversations/{id}/"
    return [
        add("get", "conversations/", "mine, newest activity first", page_of("Conversation"),
            query=PAGE + ("search", "has_unread", "is_active")),
        add("post", "conversations/", "open or continue the thread about a service",
            thing(conversation=ref("Conversation"), conversation_id=ID, message=nullable(ref("Message")),
                  duplicate=BOOL),
            (201,), body=thing(["initial_message", "client_msg_id"], service_id=ID, provider_id=ID,
                               initial_message=TEXT, client_msg_id=TEXT)),
        add("get", "conversations/archived/", "what I archived", page_of("Conversation"), query=PAGE),
        add("get", path, "one, with a page of its messages",
            thing(**CONVERSATION, messages_count=NUMBER, messages=array(ref("Message"))), query=PAGE),
        add("delete", path, "delete for me", None, (204,)),
        add("get", path + "participants/", "all who take part", page_of("Person"), query=PAGE),
        add("get", path + "events/", "events after a conv_seq, as sent live (R-6)",
            thing(results=array(ref("Frame")), has_more=BOOL, last_conv_seq=NUMBER, snapshot_required=BOOL),
            query=("after", "limit")),
        add("post", path + "mark_as_read/", "read up to here", OK, body=thing(["up_to"], up_to=ID)),
        add("post", path + "typing/", "typing or not", None, (204,), body=thing(is_typing=BOOL)),
        *[add("post", f"{path}{verb}/", f"{verb}, for me", OK)
          for verb in ("archive", "unarchive", "pin", "unpin", "mute", "unmute")],
    ]


def messages(add):
    path = "messages/{id}/"
    return [
        add("get", "messages/", "history by page or by cursor", {"anyOf": [page_of("Message"), CURSOR_PAGE]},
            query=PAGE + ("conversation", "before", "after", "limit")),
        add("post", "messages/", "send", ref("Message"), (201,),
            body=thing(["text", "client_msg_id", "reply_to", "attachments"], conversation=ID, text=TEXT,
                       client_msg_id=TEXT, reply_to=ID, attachments=array(ID)),
            form=dict(conversation=ID, text=TEXT, client_msg_id=TEXT, reply_to=ID, file=BYTES)),
        add("get", path, "one message", ref("Message")),
        add("patch", path, "edit", ref("Message"), body=thing(text=TEXT)),
        add("delete", path, "delete for me or for everyone", None, (204,),
            body=thing(["deletion_type"], deletion_type=one_of("self", "everyone"))),
        add("post", path + "reactions/", "add or remove a reaction", OK,
            body=thing(["op"], emoji=TEXT, op=one_of("add", "remove"))),
        add("post", path + "mark_as_read/", "read up to this message", OK),
        add("post", path + "flag/", "report to moderators", OK, body=thing(["reason"], reason=TEXT)),
    ]


def attachments(add):
    return [
        add("post", "attachments/", "upload a file (A-1)", ref("Attachment"), (201,),
            form=dict(file=BYTES, duration_ms=NUMBER, waveform=TEXT)),
        add("get", "attachments/{id}/", "one attachment, with a fresh link", ref("Attachment")),
        add("get", "attachments/{id}/file/", "the bytes, with a login or a link (A-3, A-5)", BYTES, (200, 206, 304),
            query=("expires", "signature"), security=("bearer", "")),
    ]


def server_api():
    add = section("/api/messaging/server/", ("api_key",))
    return [*directory(add), *moderated(add)]


def directory(add):
    person = "people/{id}/"
    exported = thing(
        person=ref("Person"), next=nullable(TEXT), messages=array(ref("Message")),
        conversations=array(thing(id=ID, kind=one_of("direct", "group"), title=TEXT, service_id=nullable(ID),
                                  has_left=BOOL)))
    return [
        add("put", person, "add or replace a person", ref("Person"),
            body=thing(["name", "full_name", "first_name", "last_name", "avatar", "role"], name=TEXT, full_name=TEXT,
                       first_name=TEXT, last_name=TEXT, avatar=TEXT, role=one_of("customer", "provider", "staff"))),
        add("delete", person, "erase (K-8)", thing(status=one_of("erased"))),
        add("get", person + "export/", "all that is stored about a person (K-9)", exported,
            query=("conversation", "after")),
        *[add("post", f"{person}{verb}/", f"{verb} (K-7)", OK) for verb in ("ban", "unban", "logout")],
        add("put", "services/{id}/", "add or replace a service", ref("Service"),
            body=thing(["category", "slug", "price"], provider_id=ID, title=TEXT, category=TEXT, slug=TEXT,
                       price=TEXT)),
        add("get", "presence/", "who is online, anybody (K-6)", thing(users=array(ref("Status"))), query=("ids",)),
        add("get", "webhooks/", "how far the receiver of webhooks is",
            thing(url=nullable(TEXT), cursor=NUMBER, head=NUMBER, waiting=NUMBER, delivered=NUMBER, failed=NUMBER,
                  attempts=NUMBER, last_error=nullable(TEXT), last_success_at=nullable(TIME),
                  next_attempt_at=nullable(TIME))),
    ]


def moderated(add):
    path = "conversations/{id}/"
    direct = thing(["kind", "initial_message", "client_msg_id"], kind=one_of("direct"), service_id=ID, provider_id=ID,
                   customer_id=ID, initial_message=TEXT, client_msg_id=TEXT)
    group = thing(kind=one_of("group"), title=TEXT, participant_ids=array(ID))
    return [
        add("post", "conversations/", "make one, or answer the one that exists (K-3)",
            thing(conversation_id=ID, created=BOOL, conversation=ref("Conversation")), (200, 201),
            body={"anyOf": [direct, group]}),
        add("patch", path, "rename a group", CHANGED, body=thing(title=TEXT)),
        *[add("post", f"{path}{verb}/", f"{verb} (K-5)", CHANGED)
          for verb in ("close", "reopen", "block", "unblock")],
        add("post", path + "participants/", "add to a group", CHANGED, body=thing(user_id=ID)),
        add("delete", path + "participants/{user_id}/", "remove from a group", CHANGED),
        add("post", path + "messages/", "a message of the marketplace (K-4)",
            ref("SystemMessage"), (201,),
            body=thing(["client_msg_id"], text=TEXT, client_msg_id=TEXT)),
    ]


def accounts():
    add = section("/api/auth/", ())
    name = dict(username=TEXT, email=TEXT)
    tokens = thing(access=TEXT, refresh=TEXT, expires_in=NUMBER, user=ref("Person"))
    refresh = thing(refresh=TEXT)
    return [
        add("post", "register/", "make an account and log in (I-1)", tokens, (201,),
            body=thing([*name, "name", "first_name", "last_name", "role"], **name, password=TEXT, name=TEXT,
                       first_name=TEXT, last_name=TEXT, role=one_of("customer", "provider"))),
        add("post", "login/", "log in (I-2)", tokens, body=thing([*name], **name, password=TEXT)),
        add("post", "refresh/", "new tokens for a refresh token (I-3)", tokens, body=refresh),
        add("post", "logout/", "end a login (I-4)", None, (204,), body=refresh),
    ]


def demo():
    add = section("/api/demo/", ())
    service = thing(id=ID, title=TEXT, category=TEXT, slug=nullable(TEXT), price=nullable(TEXT),
                    provider=ref("Person"))
    return [
        add("get", "", "demo mode: who and what there is",
            thing(people=array(thing(key=TEXT, user=ref("Person"))), services=array(service))),
        add("post", "login/", "demo mode: a token without a password",
            thing(access=TEXT, expires_in=NUMBER, user=ref("Person")), body=thing(person=TEXT)),
    ]


OPERATIONS = [*messaging(), *server_api(), *accounts(), *demo()]
