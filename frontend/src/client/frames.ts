/** The frames and REST objects of docs/PROTOCOL.md as this client reads them: the only place that checks them. */
import { type Fitted, int, oneOf, or, take, text } from './check'
import type { Conversation, Person } from './types'

export const person = {
  id: int,
  name: '',
  full_name: '',
  first_name: '',
  last_name: '',
  avatar: null,
  role: or(oneOf('customer', 'provider', 'staff'), 'customer'),
} as const

/** A person of whom nothing but the id is known. */
export function someone(id: number): Person {
  return take(person, { id }) as Person
}

export const attachment = {
  id: int,
  url: text,
  name: '',
  content_type: '',
  size: 0,
  width: or(int, null),
  height: or(int, null),
  duration_ms: or(int, null),
  waveform: [int],
  preview: null,
} as const

export const message = {
  id: int,
  conversation_id: int,
  conv_seq: int,
  pos: 0,
  client_msg_id: null,
  content: '',
  sender: or(person, someone(0)),
  message_type: or(oneOf('image', 'file', 'voice', 'system', 'deleted'), 'text'),
  reply_to: or(int, null),
  attachments: [attachment],
  created_at: '',
  edited_at: null,
  rev: 0,
  is_deleted: false,
  is_deleted_for_user: false,
  reactions: [{ emoji: text, user_ids: [int] }],
} as const
/** A message as the server sends it, over either transport. */
export interface WireMessage extends Fitted<typeof message> {}

export const service = {
  id: int,
  title: '',
  category: '',
  slug: '',
  price: (value: unknown): string | null =>
    typeof value === 'number' ? `${value}` : (text(value) ?? null),
} as const

const maybePerson = or(person, null)

/** A conversation with the messages that came along: `messages` of a detail, `latest_messages` of sync. */
export const conversation = {
  id: int,
  kind: or(oneOf('group'), 'direct'),
  title: '',
  participants: [person],
  service: or(service, null),
  provider: maybePerson,
  customer: maybePerson,
  other_participant: maybePerson,
  created_at: '',
  updated_at: '',
  last_message_at: null,
  last_message_preview: '',
  is_active: true,
  is_blocked: false,
  is_archived: false,
  is_pinned: false,
  is_muted: false,
  unread_count: 0,
  last_conv_seq: 0,
  read_up_to: 0,
  delivered_up_to: 0,
  read_markers: [{ user_id: int, read_up_to: 0, delivered_up_to: 0 }],
  messages: [message],
  latest_messages: [message],
} as const
export interface ConversationPage extends Conversation {
  readonly messages: readonly WireMessage[]
  readonly latest_messages: readonly WireMessage[]
}

const presence = { user_id: int, user_name: '', is_online: false, last_seen: null } as const

/** conv_seq 0: a personal event, which concerns this user only. */
const event = { conversation_id: int, conv_seq: 0, pos: int, user_id: 0 } as const

const frames = {
  connection: {
    user_id: int,
    epoch: text,
    pos: int,
    resume: oneOf('fresh', 'resumed', 'snapshot'),
  },
  message,
  message_updated: { ...event, id: int, content: text, edited_at: null, rev: 0 },
  message_deleted: { ...event, id: int, scope: oneOf('me', 'all') },
  reaction: { ...event, message_id: int, emoji: text, op: oneOf('add', 'remove') },
  read: { ...event, up_to: int },
  conversation: { ...event, change: text, title: null },
  delivered: { conversation_id: int, user_id: int, up_to: int },
  typing: {
    conversation_id: int,
    user_id: int,
    user_name: '',
    is_typing: false,
    expires_in_ms: 3000,
  },
  status: presence,
  status_snapshot: { users: [presence] },
  unread: { conversation_id: int, count: int, total: int },
  synced: { pos: int },
  ack: {
    conversation_id: int,
    id: or(int, null),
    conv_seq: or(int, null),
    pos: or(int, null),
    client_msg_id: null,
    created_at: '',
  },
  error: {
    code: text,
    message: '',
    retryable: false,
    retry_after_ms: or(int, null),
    field: null,
    client_msg_id: null,
  },
  drain: { reconnect_after_ms: int },
  token_expiring: {},
  heartbeat: {},
  auth: {},
} as const

type Frames = typeof frames
export type FrameType = keyof Frames
export type Frame<Type extends FrameType = FrameType> = {
  [T in Type]: {
    readonly type: T
    readonly id: string | null
    readonly data: Fitted<Frames[T]>
  }
}[Type]

export type EventFrame = Frame<
  'message' | 'message_updated' | 'message_deleted' | 'reaction' | 'read' | 'conversation'
>

export function isEvent(frame: Frame): frame is EventFrame {
  return 'conv_seq' in frame.data && frame.type !== 'ack'
}

const head = { type: text, id: null } as const

/** null: not a frame that this client knows; it is to be ignored (E-2). */
export function readFrame(value: unknown): Frame | null {
  const known = take(head, value)
  if (!known || !Object.hasOwn(frames, known.type)) return null
  const data = take(frames[known.type as FrameType], (value as { data: unknown }).data)
  return data ? ({ ...known, data } as Frame) : null
}

/** Frames of the server stay below this many characters; what is longer is not ours. */
const frameLengthMax = 1 << 20

export function parseJson(source: unknown): unknown {
  try {
    return typeof source === 'string' && source.length < frameLengthMax ? JSON.parse(source) : null
  } catch {
    return null
  }
}
