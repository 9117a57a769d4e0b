/** What a conversation looks like after each event. Pure: nothing here knows of sockets, time or tabs. */
import type { ConversationPage, EventFrame, Frame, WireMessage } from './frames'
import type { Conversation, Message, MessageStatus, Reaction, UserId } from './types'

export interface ConversationState {
  /** `meta.last_conv_seq` is what R-1 calls applied. */
  readonly meta: Conversation
  /** Stored messages without a gap up to the newest, oldest first. */
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
}

export function toMessage(wire: WireMessage, me: UserId): Message {
  const { pos: _, is_deleted_for_user: __, ...fields } = wire
  const isOwn = wire.sender.id === me
  return {
    ...fields,
    // Only own keys are known to be unique in a conversation.
    key: isOwn && wire.client_msg_id ? wire.client_msg_id : `m${wire.id}`,
    text: wire.content,
    timestamp: wire.created_at,
    is_own: isOwn,
    is_deleted: wire.is_deleted || wire.message_type === 'deleted',
    status: 'sent',
    error: null,
  }
}

export function fromPage(page: ConversationPage, me: UserId): ConversationState {
  const { messages, latest_messages, ...meta } = page
  const shown = toMessages(latest_messages.length > 0 ? latest_messages : messages, me)
  const first = shown[0]?.conv_seq ?? meta.last_conv_seq + 1
  return withReceipts({ meta, messages: shown, hasOlder: first > 1 }, me)
}

/**
 * Takes over what a list says about a known conversation. What events change (numbers, markers) is taken
 * only when no event is missing; otherwise the events that follow would count twice.
 */
export function mergeMeta(known: Conversation, listed: Conversation): Conversation {
  if (listed.last_conv_seq < known.last_conv_seq) return known
  if (listed.last_conv_seq === known.last_conv_seq) return listed
  const { last_conv_seq, unread_count, read_up_to, read_markers, delivered_up_to } = known
  return { ...listed, last_conv_seq, unread_count, read_up_to, read_markers, delivered_up_to }
}

/** Puts a page of history before what is shown; `missed` are the events that came while it was read. */
export function prependHistory(
  state: ConversationState,
  page: { readonly results: readonly WireMessage[]; readonly hasMore: boolean },
  missed: readonly EventFrame[],
  me: UserId,
): ConversationState {
  const oldest = state.messages[0]?.conv_seq ?? Number.POSITIVE_INFINITY
  let older: readonly Message[] = toMessages(page.results, me).filter(
    (message) => (message.conv_seq ?? 0) < oldest,
  )
  for (const event of missed) older = changeMessages(older, event)
  const messages = [...older, ...state.messages]
  return withReceipts({ ...state, messages, hasOlder: page.hasMore }, me)
}

export function trim(state: ConversationState, messagesMax: number): ConversationState {
  if (state.messages.length <= messagesMax) return state
  return { ...state, messages: state.messages.slice(-messagesMax), hasOlder: true }
}

/** The state after an event that R-1 lets through, or a personal event (conv_seq 0). */
export function applyEvent(
  state: ConversationState,
  frame: EventFrame,
  me: UserId,
): ConversationState {
  const last_conv_seq = Math.max(state.meta.last_conv_seq, frame.data.conv_seq)
  const next = { ...state, meta: { ...state.meta, last_conv_seq } }
  switch (frame.type) {
    case 'message':
      return addMessage(next, toMessage(frame.data, me))
    case 'read':
      return markRead(next, frame.data.user_id, frame.data.up_to, me)
    case 'conversation':
      return { ...next, meta: { ...next.meta, ...changedMeta(frame) } }
    default:
      return withMessages(next, changeMessages(next.messages, frame))
  }
}

/** `delivered` is not a durable event; it moves a marker all the same. */
export function markDelivered(
  state: ConversationState,
  userId: UserId,
  upTo: number,
  me: UserId,
): ConversationState {
  return withReceipts({ ...state, meta: moveMarker(state.meta, userId, 0, upTo) }, me)
}

export function markRead(
  state: ConversationState,
  userId: UserId,
  upTo: number,
  me: UserId,
): ConversationState {
  const meta = moveMarker(state.meta, userId, upTo, upTo)
  if (userId !== me) return withReceipts({ ...state, meta }, me)
  if (upTo <= meta.read_up_to) return { ...state, meta }
  const unread_count = countUnread(state.messages, upTo)
  return { ...state, meta: { ...meta, read_up_to: upTo, unread_count } }
}

function toMessages(wires: readonly WireMessage[], me: UserId): readonly Message[] {
  return wires
    .filter((wire) => !wire.is_deleted_for_user)
    .map((wire) => toMessage(wire, me))
    .sort((a, b) => (a.conv_seq ?? 0) - (b.conv_seq ?? 0))
}

function addMessage(state: ConversationState, message: Message): ConversationState {
  const { meta, messages } = state
  const counts = !message.is_own && !message.is_deleted && (message.conv_seq ?? 0) > meta.read_up_to
  return {
    ...state,
    messages: [...messages, message],
    meta: {
      ...meta,
      unread_count: meta.unread_count + (counts ? 1 : 0),
      last_message_at: message.created_at,
      updated_at: message.created_at,
      last_message_preview: preview(message),
    },
  }
}

function preview(message: Message | undefined): string {
  return message?.content.slice(0, 100) || message?.attachments[0]?.name || ''
}

/** The list after an edit, a deletion or a reaction; the same list when no message of it is concerned. */
export function changeMessages(
  messages: readonly Message[],
  frame: EventFrame,
): readonly Message[] {
  switch (frame.type) {
    case 'message_updated': {
      const { id, content, edited_at, rev } = frame.data
      return change(messages, id, (message) =>
        rev <= message.rev || message.is_deleted
          ? message
          : { ...message, content, text: content, edited_at, rev },
      )
    }
    case 'message_deleted': {
      const { id, scope } = frame.data
      if (scope === 'me') return messages.filter((message) => message.id !== id)
      return change(messages, id, (message) => ({ ...message, ...deleted }))
    }
    case 'reaction': {
      const { message_id, emoji, op, user_id } = frame.data
      return change(messages, message_id, (message) => ({
        ...message,
        reactions: react(message.reactions, emoji, user_id, op),
      }))
    }
    default:
      return messages
  }
}

const deleted = {
  content: '',
  text: '',
  is_deleted: true,
  message_type: 'deleted',
  attachments: [],
  reactions: [],
} as const

export function changeMessage(
  state: ConversationState,
  id: number,
  alter: (message: Message) => Message,
): ConversationState {
  return { ...state, messages: change(state.messages, id, alter) }
}

function change(
  messages: readonly Message[],
  id: number,
  alter: (message: Message) => Message,
): readonly Message[] {
  const index = messages.findLastIndex((message) => message.id === id)
  const found = messages[index]
  return found ? messages.with(index, alter(found)) : messages
}

/** A set of (user, emoji): adding twice and removing what is not there change nothing (M-8). */
export function react(
  reactions: readonly Reaction[],
  emoji: string,
  userId: UserId,
  op: 'add' | 'remove',
): readonly Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji)
  const others = (known?.user_ids ?? []).filter((id) => id !== userId)
  const user_ids = op === 'add' ? [...others, userId] : others
  if (!known) return op === 'add' ? [...reactions, { emoji, user_ids }] : reactions
  return reactions
    .map((reaction) => (reaction === known ? { emoji, user_ids } : reaction))
    .filter((reaction) => reaction.user_ids.length > 0)
}

function changedMeta(frame: Frame<'conversation'>): Partial<Conversation> {
  const { change: what, title } = frame.data
  const changes: Readonly<Record<string, Partial<Conversation>>> = {
    closed: { is_active: false },
    reopened: { is_active: true },
    blocked: { is_blocked: true },
    unblocked: { is_blocked: false },
    archived: { is_archived: true },
    unarchived: { is_archived: false },
    pinned: { is_pinned: true },
    unpinned: { is_pinned: false },
    muted: { is_muted: true },
    unmuted: { is_muted: false },
    renamed: title === null ? {} : { title },
  }
  return Object.hasOwn(changes, what) ? (changes[what] ?? {}) : {}
}

/** Preview and count of unread messages follow an edit or a deletion. */
function withMessages(state: ConversationState, messages: readonly Message[]): ConversationState {
  if (messages === state.messages) return state
  const { meta } = state
  const gone = countUnread(state.messages, meta.read_up_to) - countUnread(messages, meta.read_up_to)
  const last = messages.at(-1)
  const last_message_preview =
    last === state.messages.at(-1) ? meta.last_message_preview : preview(last)
  const unread_count = Math.max(0, meta.unread_count - gone)
  return { ...state, messages, meta: { ...meta, unread_count, last_message_preview } }
}

function countUnread(messages: readonly Message[], readUpTo: number): number {
  return messages.filter(
    (message) => !message.is_own && !message.is_deleted && (message.conv_seq ?? 0) > readUpTo,
  ).length
}

function moveMarker(
  meta: Conversation,
  user_id: UserId,
  readUpTo: number,
  deliveredUpTo: number,
): Conversation {
  const known = meta.read_markers.find((marker) => marker.user_id === user_id)
  const read_up_to = Math.max(known?.read_up_to ?? 0, readUpTo)
  const delivered_up_to = Math.max(known?.delivered_up_to ?? 0, deliveredUpTo)
  const others = meta.read_markers.filter((marker) => marker !== known)
  return { ...meta, read_markers: [...others, { user_id, read_up_to, delivered_up_to }] }
}

/** Own messages that all others have received or read say so; the rest keep their identity. */
function withReceipts(state: ConversationState, me: UserId): ConversationState {
  const markers = state.meta.read_markers.filter((marker) => marker.user_id !== me)
  const known = markers.length > 0 && markers.length >= state.meta.participants.length - 1
  const readUpTo = known ? Math.min(...markers.map((marker) => marker.read_up_to)) : 0
  const deliveredUpTo = known ? Math.min(...markers.map((marker) => marker.delivered_up_to)) : 0
  let changed = false
  const messages = state.messages.map((message) => {
    const status = message.is_own ? receipt(message.conv_seq ?? 0, readUpTo, deliveredUpTo) : 'sent'
    if (status === message.status) return message
    changed = true
    return { ...message, status }
  })
  return changed ? { ...state, messages } : state
}

function receipt(convSeq: number, readUpTo: number, deliveredUpTo: number): MessageStatus {
  if (convSeq <= readUpTo) return 'read'
  return convSeq <= deliveredUpTo ? 'delivered' : 'sent'
}
