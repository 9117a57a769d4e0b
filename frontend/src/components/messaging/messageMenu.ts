import type { Message } from '../../client'
import type { MenuItem } from '../ui/Menu'
import type { Words } from '../words'
import type { MessageActions } from './MessageBubble'

export const quickReactions = ['👍', '🙏', '❤️', '😂', '😮', '✅'] as const
const deleteForAllMs = 15 * 60_000

/** What can be done with a message now. */
export function menuItemsOf(
  message: Message,
  userId: number | null,
  actions: MessageActions,
  words: Words,
  onOtherReaction: () => void,
): MenuItem[] {
  const { id, content } = message
  const items: MenuItem[] = []
  if (id !== null && actions.onReact) {
    for (const emoji of quickReactions) {
      const isMine = hasReacted(message, emoji, userId)
      items.push({
        label: `${words.react} ${emoji}`,
        symbol: emoji,
        onSelect: () => actions.onReact?.(id, emoji, isMine ? 'remove' : 'add'),
      })
    }
    items.push({ label: words.otherReaction, symbol: '+', onSelect: onOtherReaction })
  }
  if (id !== null && actions.onReply) {
    items.push({ label: words.reply, icon: 'reply', onSelect: () => actions.onReply?.(message) })
  }
  if (content && actions.onCopy) {
    items.push({ label: words.copy, icon: 'copy', onSelect: () => actions.onCopy?.(content) })
  }
  return id === null ? items : [...items, ...ownItems(message, id, actions, words)]
}

function ownItems(message: Message, id: number, actions: MessageActions, words: Words) {
  const items: MenuItem[] = []
  const { onRemove } = actions
  if (message.is_own && actions.onEdit && message.content) {
    items.push({ label: words.edit, icon: 'edit', onSelect: () => actions.onEdit?.(message) })
  }
  if (!onRemove) return items
  items.push({ label: words.deleteForMe, icon: 'trash', onSelect: () => onRemove(id, 'me') })
  if (message.is_own && Date.now() - Date.parse(message.created_at) < deleteForAllMs) {
    const onSelect = () => onRemove(id, 'all')
    items.push({ label: words.deleteForAll, icon: 'trash', isDanger: true, onSelect })
  }
  return items
}

export function hasReacted(message: Message, emoji: string, userId: number | null): boolean {
  const reaction = message.reactions.find((each) => each.emoji === emoji)
  return userId !== null && (reaction?.user_ids.includes(userId) ?? false)
}
