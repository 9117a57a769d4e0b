/** What edits, deletions, reactions and changes of a conversation do. Pure, as timeline.ts. */
import type { EventFrame, Frame } from './frames'
import { type ConversationState, countUnread, preview, withMeta } from './timeline'
import type { Conversation, Message, MessageId, Reaction, UserId } from './types'

/** null: the conversation is gone for this user. */
export function applyChange(state: ConversationState, frame: EventFrame): ConversationState | null {
  if (frame.type !== 'conversation') {
    return withMessages(state, changeMessages(state.messages, frame))
  }
  const { change, conv_seq } = frame.data
  return change === 'deleted' && conv_seq === 0 ? null : withMeta(state, changedMeta(frame.data))
}

/** Whether the description of the conversation has to be read anew. */
export function changesPeople(frame: EventFrame): boolean {
  return frame.type === 'conversation' && /^(created|participant_)/.test(frame.data.change)
}

function changedMeta({ change, title }: Frame<'conversation'>['data']): Partial<Conversation> {
  const [, not, flag] = /^(un)?(archived|pinned|muted|blocked)$/.exec(change) ?? []
  if (flag) return { [`is_${flag}`]: !not }
  if (change === 'renamed') return title === null ? {} : { title }
  return /^(closed|reopened)$/.test(change) ? { is_active: change === 'reopened' } : {}
}

/** Preview and count of unread messages follow an edit or a deletion. */
function withMessages(state: ConversationState, messages: readonly Message[]): ConversationState {
  if (messages === state.messages) return state
  const { unread_count, read_up_to, last_message_preview } = state.meta
  const gone = countUnread(state.messages, read_up_to) - countUnread(messages, read_up_to)
  const last = messages.at(-1)
  const isSame = last === state.messages.at(-1)
  return withMeta(
    { ...state, messages },
    {
      unread_count: Math.max(0, unread_count - gone),
      last_message_preview: isSame ? last_message_preview : preview(last),
    },
  )
}
/** The same list when no message of it is concerned. */
export function changeMessages(
  messages: readonly Message[],
  frame: EventFrame,
): readonly Message[] {
  switch (frame.type) {
    case 'message_updated': {
      const { id, content, edited_at, rev } = frame.data
      return changeOne(messages, id, (message) =>
        rev <= message.rev || message.is_deleted
          ? message
          : { ...message, content, text: content, edited_at, rev },
      )
    }
    case 'message_deleted': {
      const { id, scope } = frame.data
      if (scope === 'me') return messages.filter((message) => message.id !== id)
      return changeOne(messages, id, (message) => ({ ...message, ...deleted }))
    }
    case 'reaction': {
      const { message_id, emoji, op, user_id } = frame.data
      return changeOne(messages, message_id, (message) => react(message, emoji, user_id, op))
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

export function changeOne(
  messages: readonly Message[],
  id: MessageId,
  alter: (message: Message) => Message,
): readonly Message[] {
  const index = messages.findLastIndex((message) => message.id === id)
  const found = messages[index]
  return found ? messages.with(index, alter(found)) : messages
}

/** A set of (user, emoji): adding twice and removing what is not there change nothing (M-8). */
export function react(
  message: Message,
  emoji: string,
  userId: UserId,
  op: 'add' | 'remove',
): Message {
  const known = message.reactions.find((reaction) => reaction.emoji === emoji)
  const others = known?.user_ids.filter((id) => id !== userId) ?? []
  const changed = { emoji, user_ids: op === 'add' ? [...others, userId] : others }
  const all: readonly Reaction[] = known
    ? message.reactions.map((reaction) => (reaction === known ? changed : reaction))
    : [...message.reactions, changed]
  return { ...message, reactions: all.filter(({ user_ids }) => user_ids.length > 0) }
}
