import { readAnswer } from './api'
import { changeOne, react } from './changes'
import { int } from './check'
import type { Core } from './core'
import { withMeta } from './timeline'
import type { ConversationId, Message, MessageId, UserId } from './types'

export type Flag = 'archive' | 'pin' | 'mute'

/** What a person does besides writing: by REST, shown at once and taken back when it is refused. */
export interface Actions {
  edit(conversation: ConversationId, id: MessageId, text: string): Promise<void>
  remove(id: MessageId, scope: 'me' | 'all'): Promise<void>
  react(
    conversation: ConversationId,
    id: MessageId,
    emoji: string,
    op: 'add' | 'remove',
  ): Promise<void>
  /** For this user only. */
  mark(id: ConversationId, flag: Flag, is: boolean): Promise<void>
  removeConversation(id: ConversationId): Promise<void>
  startConversation(
    request: { readonly serviceId: number; readonly providerId: UserId; readonly text: string },
    key: string,
  ): Promise<ConversationId>
}

const fieldOf = { archive: 'is_archived', pin: 'is_pinned', mute: 'is_muted' } as const

export function createActions({ api, conversations, feed, me }: Core): Actions {
  const find = (conversation: ConversationId, id: MessageId) =>
    conversations.state(conversation)?.messages.find((message) => message.id === id)
  const change = (
    conversation: ConversationId,
    id: MessageId,
    alter: (message: Message) => Message,
  ) =>
    conversations.change(conversation, (state) => ({
      ...state,
      messages: changeOne(state.messages, id, alter),
    }))
  const orElse = async (request: Promise<unknown>, takeBack: () => void) => {
    try {
      await request
    } catch (reason) {
      takeBack()
      throw reason
    }
  }
  return {
    edit(conversation, id, text) {
      const before = find(conversation, id)
      const show = (content: string) =>
        change(conversation, id, (message) => ({ ...message, content, text: content }))
      show(text)
      return orElse(api.request('PATCH', `messages/${id}/`, { text }), () => {
        if (before && find(conversation, id)?.rev === before.rev) show(before.content)
      })
    },
    async remove(id, scope) {
      const deletion_type = scope === 'all' ? 'everyone' : 'self'
      await api.request('DELETE', `messages/${id}/`, { deletion_type })
    },
    react(conversation, id, emoji, op) {
      const show = (shown: 'add' | 'remove') =>
        change(conversation, id, (message) => react(message, emoji, me(), shown))
      const known = find(conversation, id)?.reactions.find((reaction) => reaction.emoji === emoji)
      const isNew = (op === 'add') !== (known?.user_ids.includes(me()) ?? false)
      if (isNew) show(op)
      return orElse(api.request('POST', `messages/${id}/reactions/`, { emoji, op }), () => {
        if (isNew) show(op === 'add' ? 'remove' : 'add')
      })
    },
    mark(id, flag, is) {
      const field = fieldOf[flag]
      const before = conversations.state(id)?.meta[field] ?? !is
      const show = (value: boolean) =>
        conversations.change(id, (state) => withMeta(state, { [field]: value }))
      show(is)
      const action = `${is ? '' : 'un'}${flag}`
      return orElse(api.request('POST', `conversations/${id}/${action}/`, {}), () => show(before))
    },
    async removeConversation(id) {
      await api.request('DELETE', `conversations/${id}/`)
      conversations.set(id, null)
    },
    async startConversation({ serviceId, providerId, text }, client_msg_id) {
      const answer = await api.request('POST', 'conversations/', {
        service_id: serviceId,
        provider_id: providerId,
        initial_message: text,
        client_msg_id,
      })
      const { conversation_id } = readAnswer({ conversation_id: int } as const, answer)
      feed.ensure(conversation_id)
      return conversation_id
    },
  }
}
