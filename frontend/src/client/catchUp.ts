import { applyChange, changeMessages, changesPeople } from './changes'
import type { Core } from './core'
import { toClientError } from './credentials'
import { type Gap, pageSize, snapshot } from './feed'
import { type ConversationPage, conversation, type EventFrame, isEvent, readFrame } from './frames'
import { fetchHistory } from './history'
import { type ConversationState, seqOf, toMessages, withReceipts } from './timeline'
import type { Conversation, ConversationId } from './types'

/** Reads what is not on this device and did not come over the socket. */
export interface CatchUp {
  /** An event that is neither a message nor a read marker, after R-1 has let it through. */
  applyChange(state: ConversationState, frame: EventFrame): void
  fillGaps(isCurrent: () => boolean): Promise<void>
  /** Puts a page of history before what is shown. */
  readOlder(id: ConversationId): Promise<void>
  /** The next page of the list of conversations. */
  readMore(): Promise<void>
  /** Takes over a conversation from a list, with the events that the list has and this client has not. */
  takeOver(page: ConversationPage): void
}

const eventPage = {
  results: [
    (value: unknown): EventFrame | undefined => {
      const frame = readFrame(value)
      return frame && isEvent(frame) ? frame : undefined
    },
  ],
  snapshot_required: false,
} as const
const historySize = 100

export function createCatchUp({ api, conversations, feed, me, onMessage }: Core): CatchUp {
  const { applied, state } = conversations

  const takeOver = (page: ConversationPage) => {
    const known = state(page.id)
    if (!known) return feed.open(page)
    const { messages: _, latest_messages: __, ...listed } = page
    conversations.set(page.id, { ...known, meta: mergeMeta(known.meta, listed) })
    const upTo = page.last_conv_seq
    if (upTo > known.meta.last_conv_seq) feed.lack(page.id, { upTo })
  }

  const fillGap = async (id: ConversationId, gap: Gap, isCurrent: () => boolean) => {
    const path = `conversations/${id}/`
    if (!state(id) || gap.isOutdated) {
      const page = await api.read(conversation, path)
      if (!isCurrent()) return
      gap.isOutdated = false
      takeOver(page)
      for (const message of state(id)?.messages ?? []) {
        if (seqOf(message) >= gap.newsFrom) onMessage(message)
      }
    }
    while (state(id) && gap.upTo > applied(id)) {
      const before = applied(id)
      const page = await api.read(eventPage, `${path}events/?after=${before}&limit=500`)
      if (!isCurrent()) return
      for (const event of page.results) {
        if (event.data.conv_seq === applied(id) + 1) feed.apply(event)
      }
      if (applied(id) > before) continue
      const whole = page.snapshot_required ? await api.read(conversation, path) : null
      if (whole && isCurrent()) feed.open(whole)
      return
    }
  }

  const readOlder = async (id: ConversationId): Promise<void> => {
    const before = state(id)
    const end = before?.messages[0]?.conv_seq ?? applied(id) + 1
    const page = await fetchHistory(api, id, end, historySize)
    // Read anew meanwhile: what comes before its new beginning is asked for.
    if (state(id)?.messages[0]?.id !== before?.messages[0]?.id) return readOlder(id)
    conversations.change(id, (now) => {
      const older = (feed.history.get(id) ?? []).reduce(
        changeMessages,
        toMessages(page.results, me()).filter((one) => seqOf(one) < end),
      )
      const messages = [...older, ...now.messages]
      return withReceipts({ ...now, messages, hasOlder: page.has_more }, me())
    })
  }

  return {
    applyChange(known, frame) {
      const { id } = known.meta
      conversations.set(id, applyChange(known, frame))
      if (changesPeople(frame)) feed.lack(id, { isOutdated: true })
    },
    takeOver,
    /** One after the other, so that a thousand gaps are not a thousand requests at once. */
    async fillGaps(isCurrent) {
      for (const [id, gap] of feed.gaps) {
        try {
          await fillGap(id, gap, isCurrent)
        } catch (reason) {
          if (!isCurrent()) return
          const error = toClientError(reason)
          // Asking again is useless when the conversation is gone or not ours.
          if (!error.retryable) conversations.set(id, null)
          conversations.in(id).update({ isLoading: error.retryable, error })
          if (error.retryable) throw reason
        }
        if (!isCurrent()) return
        feed.gaps.delete(id)
      }
    },
    readOlder,
    async readMore() {
      const { paging, page } = conversations
      const { nextPage } = paging
      if (nextPage === null) return
      page({ nextPage: null })
      const cursor = nextPage && `&cursor=${encodeURIComponent(nextPage)}`
      const answer = await api
        .read(snapshot, `sync/?limit=${pageSize}${cursor}`)
        .catch((reason: unknown) => {
          page({ nextPage, error: toClientError(reason) })
        })
      // The list may have been read anew meanwhile.
      if (!answer || paging.nextPage !== null) return
      page({ nextPage: answer.next_cursor, error: null })
      for (const one of answer.conversations) takeOver(one)
    },
  }
}

/**
 * What events change (numbers, markers) is taken only when no event is missing; otherwise the events that
 * follow would count twice.
 */
function mergeMeta(known: Conversation, listed: Conversation): Conversation {
  if (listed.last_conv_seq < known.last_conv_seq) return known
  if (listed.last_conv_seq === known.last_conv_seq) return listed
  const { last_conv_seq, unread_count, read_up_to, read_markers, delivered_up_to } = known
  return { ...listed, last_conv_seq, unread_count, read_up_to, read_markers, delivered_up_to }
}
