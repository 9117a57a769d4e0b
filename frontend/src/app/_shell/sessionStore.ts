import type { ChatClient, ReadableStore } from '@/client'
import { isSignInError, toClientError } from '@/client/credentials'
import { Store } from '@/client/store'
import { createClient } from '@/hooks/createClient'
import { endSession, freshToken, loadSession, type Session } from './session'

const store = new Store<Session | null>(null)
/** Who is signed in, in this tab: what the pages show of it. */
export const sessionStore: ReadableStore<Session | null> = store

let client: { readonly userId: number; readonly chat: ChatClient } | null = null

export function showSession(session: Session | null): void {
  // Nothing that was read for somebody stays in this page when he leaves.
  if (!session) client = null
  store.set(session)
}

/** The client of this person. It runs while a provider holds it. */
export function clientOf({ user }: Session): ChatClient {
  if (client?.userId !== user.id) {
    client = { userId: user.id, chat: createClient({ userId: user.id, getToken }) }
  }
  return client.chat
}

async function getToken(): Promise<string> {
  try {
    return await freshToken()
  } catch (reason) {
    if (isSignInError(toClientError(reason))) {
      const ended = loadSession()
      if (ended) endSession(ended)
      showSession(null)
    }
    throw reason
  }
}

/** What the device has kept is read, and the server asked, while the page still becomes interactive. */
function beginEarly(): void {
  const session = loadSession()
  showSession(session)
  if (session) clientOf(session).start()
}

if (typeof window !== 'undefined') beginEarly()
