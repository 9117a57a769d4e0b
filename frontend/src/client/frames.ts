/** The frames and REST objects of docs/PROTOCOL.md as this client reads them: the only place that checks them. */
import { type Check, flag, int, list, object, oneOf, or, text } from './check'
import type { Attachment, Conversation, Person, Presence, Reaction, Service } from './types'

const word = or(text, '')
const name = or(text, null)
const number = or(int, 0)

export const person: Check<Person> = object({
  id: int,
  name: word,
  full_name: word,
  first_name: word,
  last_name: word,
  avatar: name,
  role: or(oneOf('customer', 'provider', 'staff'), 'customer'),
})

const nobody: Person = {
  id: 0,
  name: '',
  full_name: '',
  first_name: '',
  last_name: '',
  avatar: null,
  role: 'customer',
}

export function someone(id: number): Person {
  return { ...nobody, id }
}

export const attachment: Check<Attachment> = object({
  id: int,
  url: text,
  name: word,
  content_type: word,
  size: number,
  width: or(int, null),
  height: or(int, null),
  duration_ms: or(int, null),
})

const reactions: Check<readonly Reaction[]> = list(object({ emoji: text, user_ids: list(int) }))

const messageShape = object({
  id: int,
  conversation_id: int,
  conv_seq: int,
  pos: number,
  client_msg_id: name,
  content: word,
  sender: or(person, nobody),
  message_type: or(oneOf('image', 'file', 'voice', 'system', 'deleted'), 'text'),
  reply_to: or(int, null),
  attachments: list(attachment),
  created_at: word,
  edited_at: name,
  rev: number,
  is_deleted: flag,
  is_deleted_for_user: flag,
  reactions,
})
/** A message as the server sends it, over either transport. */
export interface WireMessage extends NonNullable<ReturnType<typeof messageShape>> {}
export const wireMessage: Check<WireMessage> = messageShape
export const wireMessages = list(wireMessage)

export const service: Check<Service> = object({
  id: int,
  title: word,
  category: word,
  slug: word,
  price: (value) => (typeof value === 'number' ? `${value}` : (text(value) ?? null)),
})

const conversationShape = {
  id: int,
  kind: or(oneOf('group'), 'direct'),
  title: word,
  participants: list(person),
  service: or(service, null),
  provider: or(person, null),
  customer: or(person, null),
  other_participant: or(person, null),
  created_at: word,
  updated_at: word,
  last_message_at: name,
  last_message_preview: word,
  is_active: (value: unknown) => value !== false,
  is_blocked: flag,
  is_archived: flag,
  is_pinned: flag,
  is_muted: flag,
  unread_count: number,
  last_conv_seq: number,
  read_up_to: number,
  delivered_up_to: number,
  read_markers: list(object({ user_id: int, read_up_to: number, delivered_up_to: number })),
}
export const conversation: Check<Conversation> = object(conversationShape)

const pageShape = object({
  ...conversationShape,
  messages: wireMessages,
  latest_messages: wireMessages,
})
/** A conversation with the messages that came along: `messages` of a detail, `latest_messages` of sync. */
export interface ConversationPage extends NonNullable<ReturnType<typeof pageShape>> {}
export const conversationPage: Check<ConversationPage> = pageShape

const presence: Check<Presence> = object({
  user_id: int,
  user_name: word,
  is_online: flag,
  last_seen: name,
})

/** conv_seq 0: a personal event, which concerns this user only. */
const event = {
  conversation_id: int,
  conv_seq: number,
  pos: int,
  user_id: number,
  created_at: word,
}

const shapes = {
  connection: object({
    user_id: int,
    epoch: text,
    pos: int,
    resume: oneOf('fresh', 'resumed', 'snapshot'),
  }),
  message: wireMessage,
  message_updated: object({ ...event, id: int, content: text, edited_at: name, rev: number }),
  message_deleted: object({ ...event, id: int, scope: oneOf('me', 'all') }),
  reaction: object({ ...event, message_id: int, emoji: text, op: oneOf('add', 'remove') }),
  read: object({ ...event, up_to: int }),
  conversation: object({ ...event, change: text, title: name }),
  delivered: object({ conversation_id: int, user_id: int, up_to: int }),
  typing: object({
    conversation_id: int,
    user_id: int,
    user_name: word,
    is_typing: flag,
    expires_in_ms: or(int, 3000),
  }),
  status: presence,
  status_snapshot: object({ users: list(presence) }),
  unread: object({ conversation_id: int, count: int, total: int }),
  synced: object({ pos: int }),
  ack: object({
    conversation_id: int,
    id: or(int, null),
    conv_seq: or(int, null),
    pos: or(int, null),
    client_msg_id: name,
    created_at: word,
  }),
  error: object({
    code: text,
    message: word,
    retryable: flag,
    retry_after_ms: or(int, null),
    field: name,
    client_msg_id: name,
  }),
  drain: object({ reconnect_after_ms: int }),
  token_expiring: object({}),
  heartbeat: object({}),
  auth: object({}),
} satisfies Record<string, Check<unknown>>

type Shapes = typeof shapes
export type FrameType = keyof Shapes
export type Frame<Type extends FrameType = FrameType> = {
  [T in Type]: {
    readonly type: T
    readonly id: string | null
    readonly data: NonNullable<ReturnType<Shapes[T]>>
  }
}[Type]

export type EventFrame = Frame<
  'message' | 'message_updated' | 'message_deleted' | 'reaction' | 'read' | 'conversation'
>

export function isEvent(frame: Frame): frame is EventFrame {
  return 'pos' in frame.data && 'conv_seq' in frame.data && frame.type !== 'ack'
}

const envelope = object({ type: text, id: name })

/** null: not a frame that this client knows; it is to be ignored (E-2). */
export function readFrame(value: unknown): Frame | null {
  const head = envelope(value)
  if (!head || !Object.hasOwn(shapes, head.type)) return null
  const data = shapes[head.type as FrameType]((value as { data: unknown }).data)
  return data ? ({ ...head, data } as Frame) : null
}

/** Frames of the server stay below this many characters; what is longer is not ours. */
const frameLengthMax = 1 << 20

export function parseJson(source: unknown): unknown {
  if (typeof source !== 'string' || source.length > frameLengthMax) return null
  try {
    return JSON.parse(source)
  } catch {
    return null
  }
}
