import type { Api } from './api'
import { type Check, int, take } from './check'
import { toClientError } from './credentials'
import type { Environment } from './environment'
import { message } from './frames'
import { Store } from './store'
import { toMessage } from './timeline'
import type { ClientError, ConversationId, Message, UserId } from './types'

export interface SearchFilter {
  readonly conversation?: ConversationId
  readonly sender?: UserId
  readonly type?: string
  readonly before?: string
  readonly after?: string
}

type Range = readonly [number, number]

export interface SearchHit {
  readonly message: Message
  /** Ranges of `message.content` that match, as [start, end). */
  readonly ranges: readonly Range[]
}

export interface SearchState {
  readonly query: string
  readonly hits: readonly SearchHit[]
  readonly isSearching: boolean
  readonly hasMore: boolean
  readonly error: ClientError | null
}

const settledMs = 250
const nothing = { hits: [], isSearching: false, hasMore: false, error: null }

const range: Check<Range> = (value) => {
  const [begin, end] = Array.isArray(value) ? value.map(int) : []
  return begin === undefined || end === undefined ? undefined : [begin, end]
}
const hit = { highlights: [range] } as const
const page = {
  results: [
    (value: unknown) => {
      const found = take(message, value)
      return found && { found, highlights: take(hit, value)?.highlights ?? [] }
    },
  ],
  next_cursor: null,
} as const

/** A search field: asks when typing pauses, and shows the answer to the newest question only. */
export class Search {
  readonly state = new Store<SearchState>({ ...nothing, query: '' })
  readonly #environment: Environment
  readonly #api: Api
  readonly #me: () => UserId
  #filter: SearchFilter = {}
  #stopTimer = () => {}
  #question = 0
  #cursor: string | null = null

  constructor(environment: Environment, api: Api, me: () => UserId) {
    this.#environment = environment
    this.#api = api
    this.#me = me
  }

  readonly setQuery = (query: string): void => {
    this.#question += 1
    this.#cursor = null
    this.#stopTimer()
    if (query.trim() === '') return this.state.set({ ...nothing, query })
    this.state.update({ query, isSearching: true, hasMore: false, error: null })
    this.#stopTimer = this.#environment.after(settledMs, () => void this.#ask())
  }

  readonly setFilter = (filter: SearchFilter): void => {
    this.#filter = filter
    this.setQuery(this.state.getSnapshot().query)
  }

  /** The next page, below what is there. */
  readonly more = (): void => {
    const { isSearching, hasMore } = this.state.getSnapshot()
    if (isSearching || !hasMore) return
    this.state.update({ isSearching: true, error: null })
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const question = this.#question
    const cursor = this.#cursor
    const { query, hits: before } = this.state.getSnapshot()
    try {
      const asked = encodeQuery({ q: query.trim(), ...this.#filter, cursor })
      const found = await this.#api.read(page, `search/?${asked}`)
      if (question !== this.#question) return
      this.#cursor = found.next_cursor
      const hits = found.results.map(({ found: wire, highlights }) => {
        const ranges = toUnits(wire.content, highlights)
        return { message: toMessage(wire, this.#me()), ranges }
      })
      const hasMore = found.next_cursor !== null
      const all = cursor === null ? hits : [...before, ...hits]
      this.state.update({ hits: all, isSearching: false, hasMore })
      // A page may be empty and lead on.
      if (hasMore && all.length === 0) this.more()
    } catch (reason) {
      if (question !== this.#question) return
      this.state.update({ isSearching: false, error: toClientError(reason) })
    }
  }
}

function encodeQuery(query: object): string {
  const asked = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value != null) asked.set(key, `${value}`)
  return `${asked}`
}

/** The server counts code points, strings here count UTF-16 units. What is not inside the text is left out. */
export function toUnits(content: string, ranges: readonly Range[]): readonly Range[] {
  const starts: number[] = []
  let at = 0
  for (const character of content) {
    starts.push(at)
    at += character.length
  }
  starts.push(at)
  return ranges.flatMap(([begin, end]) => {
    const [from, to] = [starts[begin], starts[end]]
    return from === undefined || to === undefined || from >= to ? [] : [[from, to] as const]
  })
}
