import type { Conversation } from '../../../client'

export type ConversationFilter = 'all' | 'unread' | 'archived'
export const conversationFilters: readonly ConversationFilter[] = ['all', 'unread', 'archived']

export function nameOf(conversation: Conversation): string {
  return conversation.other_participant?.name || conversation.title
}

/** What the list shows; `keep` stays visible while it is open although it has been read. */
export function filterConversations(
  conversations: readonly Conversation[],
  filter: ConversationFilter,
  search: string,
  keep: number | null = null,
): Conversation[] {
  const needle = normalize(search)
  return conversations.filter((conversation) => {
    if (conversation.is_archived !== (filter === 'archived')) return false
    const isUnread = conversation.unread_count > 0 || conversation.id === keep
    if (filter === 'unread' && !isUnread) return false
    return needle === '' || haystackOf(conversation).includes(needle)
  })
}

function haystackOf(conversation: Conversation): string {
  const people = conversation.participants.map((person) => person.full_name)
  return normalize(
    [
      nameOf(conversation),
      conversation.title,
      conversation.service?.title ?? '',
      conversation.last_message_preview,
      ...people,
    ].join('\n'),
  )
}

/** Case and accents do not matter; the vowel signs of Devanagari do. */
function normalize(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLocaleLowerCase()
    .trim()
}
