import type { Message } from '../../client'
import { dayKey } from '../ui/time'

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; startsGroup: boolean; endsGroup: boolean }

const groupGapMs = 5 * 60_000

/**
 * The rows of a timeline: messages with day separators and at most one unread line. Keys are those of
 * the messages, so a row keeps its element from the optimistic copy to the confirmed message.
 */
export function rowsOf(messages: readonly Message[], unreadAfter: number | null): Row[] {
  const rows: Row[] = []
  let lineDrawn = unreadAfter === null
  let day = ''
  messages.forEach((message, index) => {
    const key = momentOf(message).day
    const isNewDay = key !== day
    // It moves with its first message: one that stayed at the top would hold the list there.
    if (isNewDay) rows.push({ kind: 'day', key: `day:${message.key}`, at: message.created_at })
    day = key
    const drawsLine = !lineDrawn && isUnread(message, unreadAfter)
    if (drawsLine) rows.push({ kind: 'unread', key: 'unread' })
    lineDrawn ||= drawsLine
    rows.push({
      kind: 'message',
      key: message.key,
      message,
      startsGroup: isNewDay || drawsLine || !belongsTogether(messages[index - 1], message),
      endsGroup: !belongsTogether(message, messages[index + 1]),
    })
  })
  return rows
}

function isUnread(message: Message, unreadAfter: number | null): boolean {
  return !message.is_own && (message.conv_seq ?? 0) > (unreadAfter ?? 0)
}

/** The same person, the same day, within five minutes. */
function belongsTogether(first: Message | undefined, second: Message | undefined): boolean {
  if (!first || !second) return false
  if (first.sender.id !== second.sender.id || second.message_type === 'system') return false
  const [from, to] = [momentOf(first), momentOf(second)]
  return to.at - from.at < groupGapMs && from.day === to.day
}

const moments = new WeakMap<Message, { readonly at: number; readonly day: string }>()

/** Kept, because every message of a long list is looked at whenever one comes. */
function momentOf(message: Message) {
  const known = moments.get(message)
  if (known) return known
  const moment = { at: Date.parse(message.created_at), day: dayKey(message.created_at) }
  moments.set(message, moment)
  return moment
}
