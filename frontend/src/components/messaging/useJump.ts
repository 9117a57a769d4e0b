import { useCallback, useState } from 'react'
import type { ConversationId, Message } from '../../client'
import { useClient } from '../../hooks/useClient'
import { notify } from '../ui/notify'
import { useWords } from '../words'

export interface JumpTarget {
  readonly id: number
  /** Another one for each jump, also to the same message. */
  readonly count: number
}

/** How far back a jump reads; farther, nobody would wait for. */
const pagesMax = 60

/** Leads to a message of the past: reads back until it is there. */
export function useJump(conversationId: ConversationId) {
  const { words } = useWords()
  const client = useClient()
  const [target, setTarget] = useState<JumpTarget | null>(null)
  const jumpTo = useCallback(
    async ({ id }: Message) => {
      if (id === null) return
      const { timeline, loadOlder } = client.thread(conversationId)
      const isThere = () => timeline.getSnapshot().messages.some((message) => message.id === id)
      for (let page = 0; page < pagesMax && !isThere(); page += 1) {
        const before = timeline.getSnapshot().messages.length
        await loadOlder()
        if (timeline.getSnapshot().messages.length === before) break
      }
      if (isThere()) setTarget((known) => ({ id, count: (known?.count ?? 0) + 1 }))
      else notify({ tone: 'error', text: words.tooFarBack, id: 'jump' })
    },
    [client, conversationId, words],
  )
  return { target, jumpTo }
}
