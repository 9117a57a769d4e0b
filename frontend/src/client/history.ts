import type { Api } from './api'
import { message } from './frames'
import type { ConversationId } from './types'

const page = { results: [message], has_more: false } as const

/** Messages before this `conv_seq`, oldest first. */
export function fetchHistory(api: Api, id: ConversationId, before: number, limit: number) {
  const query = `conversation=${id}&before=${before}&limit=${limit}`
  return api.read(page, `messages/?${query}`)
}
