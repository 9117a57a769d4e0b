import { useEffect } from 'react'
import type { ConversationId, Message } from '../../client'
import { useClient } from '../../hooks'
import { notify } from '../ui/notify'
import { useWords, type Words } from '../words'

const freshMs = 30_000
const excerptMax = 120

/**
 * Tells about new messages, none of them old or from a muted conversation: by a toast about another
 * conversation than the open one, by a notification of the system while nobody looks at the page.
 */
export function useMessageToasts(
  openId: ConversationId | null,
  onOpen: (id: ConversationId) => void,
): void {
  const { words } = useWords()
  const client = useClient()
  useEffect(() => {
    const tell = (message: Message) => {
      const id = message.conversation_id
      if (message.is_own || !isFresh(message)) return
      if (client.thread(id).conversation.getSnapshot()?.is_muted) return
      const open = () => onOpen(id)
      if (document.hidden) {
        // Of all tabs the one that leads speaks.
        if (client.connection.getSnapshot().isLeader) notifyBySystem(message, open)
      } else if (id !== openId) toast(message, words, open)
    }
    return client.onMessage(tell)
  }, [client, openId, onOpen, words])
}

function toast(message: Message, words: Words, open: () => void) {
  notify({
    tone: 'info',
    id: `conversation-${message.conversation_id}`,
    text: message.sender.name,
    description: excerptOf(message),
    action: { label: words.reply, onClick: open },
  })
}

/** One for each conversation: a newer one takes the place of the one before. */
function notifyBySystem(message: Message, open: () => void) {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  const { conversation_id, sender } = message
  try {
    const tag = `sewa-${conversation_id}`
    const shown = new Notification(sender.name, { body: excerptOf(message), tag })
    shown.onclick = () => {
      window.focus()
      open()
      shown.close()
    }
  } catch {
    // Chrome on Android wants a service worker for it.
  }
}

function excerptOf({ content, attachments }: Message): string {
  return content.slice(0, excerptMax) || attachments.map(({ name }) => name).join(', ')
}

function isFresh(message: Message): boolean {
  return Date.now() - Date.parse(message.created_at) < freshMs
}
