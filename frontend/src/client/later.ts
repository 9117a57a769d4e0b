/**
 * What an app does not need before its first message: fetched after the first connection, or when it is
 * needed before. Nothing of it runs on import.
 */
import { type Actions, createActions } from './actions'
import { type ApiOnly, createApiOnly } from './apiOnly'
import { type CatchUp, createCatchUp } from './catchUp'
import type { Core } from './core'
import { createPresenceBook, type PresenceBook } from './presence'
import { createReads, type Reads } from './reads'
import { createSiblings, type Siblings } from './siblings'
import { createTyping, type Typing } from './typing'

export interface Later extends CatchUp, Actions {
  readonly apiOnly: ApiOnly
  readonly presence: PresenceBook
  readonly reads: Reads
  readonly siblings: Siblings
  readonly typing: Typing
}

export function createLater(core: Core): Later {
  const catchUp = createCatchUp(core)
  return {
    ...catchUp,
    ...createActions(core),
    apiOnly: createApiOnly(core, catchUp),
    presence: createPresenceBook(core),
    reads: createReads(core),
    siblings: createSiblings(core),
    typing: createTyping(core),
  }
}
