import type { Core } from './core'
import type { Frame } from './frames'
import { createDerived, type Derived, getOrMake, Store } from './store'
import { type ConversationState, trim, withMeta } from './timeline'
import type { ClientError, Conversation, ConversationId, ConversationList } from './types'

export interface Slot {
  /** null: not loaded. */
  readonly state: ConversationState | null
  readonly isLoading: boolean
  readonly error: ClientError | null
}

export interface Paging {
  isLoading: boolean
  /** null: there are no more; empty: from the start. */
  nextPage: string | null
  error: ClientError | null
}

/** The conversations that are loaded, as a list and each for itself. */
export interface Conversations {
  readonly list: Derived<ConversationList>
  readonly unread: Derived<number>
  readonly paging: Readonly<Paging>
  page(change: Partial<Paging>): void
  in(id: ConversationId): Store<Slot>
  state(id: ConversationId): ConversationState | null
  /** The `conv_seq` of the last event that has been applied; 0 when it is not loaded. */
  applied(id: ConversationId): number
  set(id: ConversationId, state: ConversationState | null): void
  change(id: ConversationId, alter: (state: ConversationState) => ConversationState): void
  loaded(): readonly ConversationState[]
  /** The server counts what is not loaded here as well. */
  count(unread: Frame<'unread'>['data']): void
  /** What has changed since it was asked before, for the vault. */
  unsaved(): Map<string, unknown>
  /** Makes the next `unsaved` complete: another tab has kept what is in the vault so far. */
  touchAll(): void
  restore(kept: ReadonlyMap<string, unknown>): void
}

const emptySlot: Slot = { state: null, isLoading: false, error: null }
const keptMessagesMax = 30
const keptConversationsMax = 60

export function createConversations(core: Core): Conversations {
  const { batch } = core
  const slots = new Map<ConversationId, Store<Slot>>()
  const unsaved = new Set<ConversationId>()
  // Until something is known, nobody can say that there are none.
  const paging: Paging = { isLoading: true, nextPage: null, error: null }
  let unreadElsewhere = 0

  const find = (id: ConversationId) => getOrMake(slots, id, () => new Store(emptySlot, batch))
  const state = (id: ConversationId) => slots.get(id)?.getSnapshot().state ?? null
  const loaded = () => {
    const states = [...slots.values()].map((slot) => slot.getSnapshot().state)
    return states.filter((known) => known !== null)
  }
  const sorted = () =>
    loaded()
      .map(({ meta }) => meta)
      .sort(byActivity)
  const unreadHere = () => loaded().reduce((sum, { meta }) => sum + meta.unread_count, 0)
  const list = createDerived<ConversationList>(() => {
    const { nextPage, ...shown } = paging
    return { ...shown, conversations: sorted(), hasMore: nextPage !== null }
  }, batch)
  const unread = createDerived(() => unreadElsewhere + unreadHere(), batch)
  const invalidate = () => {
    list.invalidate()
    unread.invalidate()
  }
  /** Who waited for it to be read has it now, wherever it comes from. */
  const show: Conversations['set'] = (id, next) =>
    find(id).set({ ...emptySlot, state: next, isLoading: core.feed.history.has(id) })
  const set: Conversations['set'] = (id, next) => {
    if (state(id) === next) return
    show(id, next)
    unsaved.add(id)
    invalidate()
    core.onChange()
  }
  const change: Conversations['change'] = (id, alter) => {
    const known = state(id)
    if (known) set(id, alter(known))
  }

  return {
    list,
    unread,
    paging,
    page(changed) {
      Object.assign(paging, changed)
      list.invalidate()
    },
    in: find,
    state,
    applied: (id) => state(id)?.meta.last_conv_seq ?? 0,
    set,
    change,
    loaded,
    count({ conversation_id, count, total }) {
      change(conversation_id, (known) => withMeta(known, { unread_count: count }))
      unreadElsewhere = Math.max(0, total - unreadHere())
      unread.invalidate()
    },
    unsaved() {
      const changes = new Map<string, unknown>()
      if (unsaved.size === 0) return changes
      const all = sorted().map(({ id }) => id)
      const kept = new Set(all.slice(0, keptConversationsMax))
      for (const id of unsaved) {
        const known = kept.has(id) && state(id)
        changes.set(`c:${id}`, known ? trim(known, keptMessagesMax) : undefined)
      }
      changes.set('more', paging.nextPage !== null || all.length > keptConversationsMax)
      unsaved.clear()
      return changes
    },
    touchAll() {
      for (const { meta } of loaded()) unsaved.add(meta.id)
    },
    restore(kept) {
      // Where the next page begins is not kept; from the start is always right.
      paging.isLoading = false
      paging.nextPage = kept.get('more') === false ? null : ''
      for (const [key, value] of kept) {
        if (key.startsWith('c:')) show(Number(key.slice(2)), value as ConversationState)
      }
      invalidate()
    },
  }
}

function byActivity(a: Conversation, b: Conversation): number {
  const at = (one: Conversation) => one.last_message_at ?? one.created_at
  const pins = Number(b.is_pinned) - Number(a.is_pinned)
  return pins || (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : b.id - a.id)
}
