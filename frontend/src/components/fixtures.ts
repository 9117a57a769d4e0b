/** People, conversations and messages for tests and for the page of component states. */
import type {
  Conversation,
  ConversationPage,
  Message,
  Person,
  Service,
  WireMessage,
} from '../client'
import { take } from '../client/check'
import { conversation as wireConversation, message as wireMessage } from '../client/frames'
import { fromPage, toMessage } from '../client/timeline'

export function person(id: number, name: string, role: Person['role'] = 'customer'): Person {
  const [first_name = '', ...rest] = name.split(' ')
  return { id, name, full_name: name, first_name, last_name: rest.join(' '), avatar: null, role }
}

export const asha = person(1, 'Asha Rai')
export const bikram = person(2, 'Bikram Thapa', 'provider')
export const chandra = person(3, 'चन्द्र गुरुङ', 'provider')
export const dolma = person(4, 'Dolma Sherpa')

export const cleaning: Service = {
  id: 7,
  title: 'Deep cleaning for homes',
  category: 'Cleaning',
  slug: 'deep-cleaning',
  price: '2500',
}

export const startOfTime = Date.UTC(2026, 4, 1, 4, 15)

let count = 0

export function message(content: string, change: Partial<Message> = {}): Message {
  count += 1
  const id = change.id === undefined ? count : change.id
  const created_at = change.created_at ?? new Date(startOfTime + count * 40_000).toISOString()
  const sender = change.is_own ? asha : bikram
  const wire = take(wireMessage, {
    id: count,
    conversation_id: 1,
    conv_seq: count,
    content,
    sender,
    created_at,
  }) as WireMessage
  return { ...toMessage(wire, asha.id), conv_seq: id, ...change, id }
}

export function conversation(id: number, other: Person, change: Partial<Conversation> = {}) {
  const at = new Date(startOfTime + id * 60_000).toISOString()
  const page = take(wireConversation, {
    id,
    participants: [asha, other],
    provider: other.role === 'provider' ? other : null,
    customer: asha,
    other_participant: other,
    created_at: at,
    updated_at: at,
    last_message_at: at,
    last_message_preview: `Hello from ${other.first_name}`,
  }) as ConversationPage
  return { ...fromPage(page, asha.id).meta, ...change }
}
