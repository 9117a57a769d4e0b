import type { Api, SearchFilter } from './api'
import { toClientError } from './credentials'
import type { Environment } from './environment'
import { Store } from './store'
import { toMessage } from './timeline'
import type { ClientError, Message, UserId } from './types'

export interface SearchHit {
  readonly message: Message
  /** Ranges of `message.content` that match, as [start, end). */
  readonly ranges: readonly (readonly [number, number])[]
}

export interface SearchState {
  readonly query: string
  readonly hits: readonly SearchHit[]
  readonly isSearching: boolean
  readonly error: ClientError | null
}

const settledMs = 250

/** A search field: asks when typing pauses, and shows the answer to the newest question only. */
export class Search {
  readonly state = new Store<SearchState>({ query: '', hits: [], isSearching: false, error: null })
  readonly #environment: Environment
  readonly #api: Api
  readonly #me: () => UserId
  #filter: SearchFilter = {}
  #stopTimer = () => {}
  #question = 0

  constructor(environment: Environment, api: Api, me: () => UserId) {
    this.#environment = environment
    this.#api = api
    this.#me = me
  }

  readonly setQuery = (query: string): void => {
    const question = ++this.#question
    const isSearching = query.trim() !== ''
    this.#stopTimer()
    this.state.update({ query, isSearching, error: null, ...(isSearching ? {} : { hits: [] }) })
    if (!isSearching) return
    this.#stopTimer = this.#environment.after(settledMs, () => void this.#ask(query, question))
  }

  readonly setFilter = (filter: SearchFilter): void => {
    this.#filter = filter
    this.setQuery(this.state.getSnapshot().query)
  }

  async #ask(query: string, question: number): Promise<void> {
    const isCurrent = () => question === this.#question
    try {
      const found = await this.#api.search(query.trim(), this.#filter)
      if (!isCurrent()) return
      const hits = found.map((wire) => toHit(toMessage(wire, this.#me()), query))
      this.state.update({ hits, isSearching: false })
    } catch (reason) {
      if (isCurrent()) this.state.update({ isSearching: false, error: toClientError(reason) })
    }
  }
}

function toHit(message: Message, query: string): SearchHit {
  return { message, ranges: matches(message.content, query) }
}

/** Where the words of a query stand in a text, without regard to case. */
export function matches(text: string, query: string): readonly (readonly [number, number])[] {
  const words = query.trim().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  return [...text.matchAll(new RegExp(pattern, 'giu'))].map((match) => [
    match.index,
    match.index + match[0].length,
  ])
}
