/** What a conversation looks like after each event. Pure: nothing here knows of sockets, time or tabs. */
import type { ConversationPage, WireMessage } from './frames'
import type { Conversation, Message, UserId } from './types'

export interface ConversationState {
  /** `meta.last_conv_seq` is what R-1 calls applied. */
  readonly meta: Conversation
  /** Stored messages without a gap up to the newest, oldest first. */
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
}

export function toMessage(wire: WireMessage, me: UserId): Message {
  const { pos: _, is_deleted_for_user: __, ...fields } = wire
  const is_own = wire.sender.id === me
  return {
    ...fields,
    // Only own keys are known to be unique in a conversation.
    key: (is_own && wire.client_msg_id) || `m${wire.id}`,
    text: wire.content,
    timestamp: wire.created_at,
    is_own,
    is_deleted: wire.is_deleted || wire.message_type === 'deleted',
    status: 'sent',
    error: null,
  }
}

/** The number of a message in its conversation; 0 when it is not stored. */
export function seqOf(message: Message | undefined): number {
  return message?.conv_seq ?? 0
}

export function toMessages(wires: readonly WireMessage[], me: UserId): readonly Message[] {
  return wires
    .filter((wire) => !wire.is_deleted_for_user)
    .map((wire) => toMessage(wire, me))
    .sort((a, b) => seqOf(a) - seqOf(b))
}

export function fromPage(page: ConversationPage, me: UserId): ConversationState {
  const { messages, latest_messages, ...meta } = page
  const shown = toMessages(latest_messages.length > 0 ? latest_messages : messages, me)
  const first = shown[0]?.conv_seq ?? meta.last_conv_seq + 1
  return withReceipts({ meta, messages: shown, hasOlder: first > 1 }, me)
}

/** The newest message that somebody else has written. */
export function lastOfOthers({ messages }: ConversationState): number {
  return seqOf(messages.findLast((message) => !message.is_own))
}

export function trim(state: ConversationState, messagesMax: number): ConversationState {
  if (state.messages.length <= messagesMax) return state
  return { ...state, messages: state.messages.slice(-messagesMax), hasOlder: true }
}

export function withMeta(
  state: ConversationState,
  change: Partial<Conversation>,
): ConversationState {
  return { ...state, meta: { ...state.meta, ...change } }
}

/** `delivered` is not a durable event; it moves a marker all the same. */
export function markDelivered(
  state: ConversationState,
  userId: UserId,
  upTo: number,
  me: UserId,
): ConversationState {
  return withReceipts(moveMarker(state, userId, 0, upTo), me)
}

export function markRead(
  state: ConversationState,
  userId: UserId,
  upTo: number,
  me: UserId,
): ConversationState {
  const next = moveMarker(state, userId, upTo, upTo)
  if (userId !== me) return withReceipts(next, me)
  return upTo > next.meta.read_up_to
    ? withMeta(next, { read_up_to: upTo, unread_count: countUnread(next.messages, upTo) })
    : next
}

export function addMessage(state: ConversationState, message: Message): ConversationState {
  const { messages, meta } = state
  const { created_at } = message
  return {
    ...withMeta(state, {
      unread_count: meta.unread_count + countUnread([message], meta.read_up_to),
      last_message_at: created_at,
      updated_at: created_at,
      last_message_preview: preview(message),
    }),
    messages: [...messages, message],
  }
}

export function preview(message: Message | undefined): string {
  return message?.content.slice(0, 100) || message?.attachments[0]?.name || ''
}

export function countUnread(messages: readonly Message[], readUpTo: number): number {
  return messages.filter(
    (message) => !message.is_own && !message.is_deleted && seqOf(message) > readUpTo,
  ).length
}

function moveMarker(
  state: ConversationState,
  user_id: UserId,
  readUpTo: number,
  deliveredUpTo: number,
): ConversationState {
  const { read_markers } = state.meta
  const known = read_markers.find((marker) => marker.user_id === user_id)
  const moved = {
    user_id,
    read_up_to: Math.max(known?.read_up_to ?? 0, readUpTo),
    delivered_up_to: Math.max(known?.delivered_up_to ?? 0, deliveredUpTo),
  }
  const others = read_markers.filter((marker) => marker !== known)
  return withMeta(state, { read_markers: [...others, moved] })
}

/** Own messages that all others have received or read say so; the rest keep their identity. */
export function withReceipts(state: ConversationState, me: UserId): ConversationState {
  const { read_markers, participants } = state.meta
  const markers = read_markers.filter((marker) => marker.user_id !== me)
  const isKnown = markers.length > 0 && markers.length >= participants.length - 1
  const upTo = (field: 'read_up_to' | 'delivered_up_to') =>
    isKnown ? Math.min(...markers.map((marker) => marker[field])) : 0
  const read = upTo('read_up_to')
  const delivered = upTo('delivered_up_to')
  const messages = state.messages.map((message): Message => {
    const seq = message.is_own ? seqOf(message) : Number.POSITIVE_INFINITY
    const status = seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent'
    return status === message.status ? message : { ...message, status }
  })
  const isSame = messages.every((message, index) => message === state.messages[index])
  return isSame ? state : { ...state, messages }
}
