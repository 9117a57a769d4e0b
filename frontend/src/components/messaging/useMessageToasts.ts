import { useEffect } from 'react'
import type { ConversationId, Message } from '../../client'
import { useClient } from '../../hooks'
import { notify } from '../ui/notify'
import { useWords } from '../words'

const freshMs = 30_000
const excerptMax = 120

/** Tells about new messages in other conversations: one toast each, none for old or muted ones. */
export function useMessageToasts(
  openId: ConversationId | null,
  onOpen: (id: ConversationId) => void,
): void {
  const { words } = useWords()
  const client = useClient()
  useEffect(() => {
    const tell = (message: Message) => {
      const id = message.conversation_id
      if (message.is_own || id === openId || !isFresh(message)) return
      if (client.thread(id).conversation.getSnapshot()?.is_muted) return
      notify({
        tone: 'info',
        id: `conversation-${id}`,
        text: message.sender.name,
        description: message.content.slice(0, excerptMax),
        action: { label: words.reply, onClick: () => onOpen(id) },
      })
    }
    return client.onMessage(tell)
  }, [client, openId, onOpen, words])
}

function isFresh(message: Message): boolean {
  return Date.now() - Date.parse(message.created_at) < freshMs
}
