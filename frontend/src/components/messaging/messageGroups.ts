import type { Message } from '../../client'
import { dayKey } from '../ui/time'

interface MessageRow {
  readonly kind: 'message'
  readonly key: string
  readonly message: Message
  readonly startsGroup: boolean
  readonly endsGroup: boolean
}

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  | MessageRow

const groupGapMs = 5 * 60_000

/**
 * The rows of a timeline: messages with day separators and at most one unread line. Keys are those of
 * the messages, so a row keeps its element from the optimistic copy to the confirmed message; a row that
 * is as it was is the same object.
 */
export function rowsOf(messages: readonly Message[], unreadAfter: number | null): Row[] {
  const rows: Row[] = []
  let lineDrawn = unreadAfter === null
  let before: Known | undefined
  let known = messages[0] && knownOf(messages[0])
  messages.forEach((message, index) => {
    const following = messages[index + 1]
    const after = following && knownOf(following)
    if (!known) return
    const isNewDay = known.day !== before?.day
    // It moves with its first message: one that stayed at the top would hold the list there.
    if (isNewDay) rows.push({ kind: 'day', key: `day:${message.key}`, at: message.created_at })
    const drawsLine = !lineDrawn && isUnread(message, unreadAfter)
    if (drawsLine) rows.push({ kind: 'unread', key: 'unread' })
    lineDrawn ||= drawsLine
    const startsGroup = isNewDay || drawsLine || !belongsTogether(before, known)
    rows.push(rowOf(known, startsGroup, !belongsTogether(known, after)))
    before = known
    known = after
  })
  return rows
}

function isUnread(message: Message, unreadAfter: number | null): boolean {
  return !message.is_own && (message.conv_seq ?? 0) > (unreadAfter ?? 0)
}

/** What is known of a message. Kept, because every message of a long list is looked at whenever one comes. */
interface Known {
  readonly message: Message
  readonly at: number
  readonly day: string
  row: MessageRow | null
}

const knowledge = new WeakMap<Message, Known>()

function knownOf(message: Message): Known {
  const known = knowledge.get(message)
  if (known) return known
  const { created_at } = message
  const made = { message, at: Date.parse(created_at), day: dayKey(created_at), row: null }
  knowledge.set(message, made)
  return made
}

function rowOf(known: Known, startsGroup: boolean, endsGroup: boolean): MessageRow {
  const { message, row } = known
  if (row?.startsGroup === startsGroup && row.endsGroup === endsGroup) return row
  known.row = { kind: 'message', key: message.key, message, startsGroup, endsGroup }
  return known.row
}

/** The same person, the same day, within five minutes. */
function belongsTogether(first: Known | undefined, second: Known | undefined): boolean {
  if (!first || !second) return false
  const { sender, message_type } = second.message
  if (first.message.sender.id !== sender.id || message_type === 'system') return false
  return second.at - first.at < groupGapMs && first.day === second.day
}
