'use client'

import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react'
import { MessagingProvider } from '@/hooks'
import { loadSession, type Session, saveSession, signInAs } from './session'
import { clientOf, sessionStore, showSession } from './sessionStore'

interface SessionContext {
  /** undefined until the browser's storage was read. */
  session: Session | null | undefined
  signIn: (personId: number) => Promise<void>
  /** With a session that is saved already. */
  enter: (session: Session) => void
  signOut: () => void
}

const Context = createContext<SessionContext>({
  session: undefined,
  signIn: async () => undefined,
  enter: () => undefined,
  signOut: () => undefined,
})

const unknown = () => undefined

async function signIn(personId: number): Promise<void> {
  showSession(await signInAs(personId))
}

function signOut(): void {
  const ending = loadSession()
  if (ending?.refresh) void import('./accounts').then(({ logOut }) => logOut(ending))
  saveSession(null)
  showSession(null)
}

/** The session of this tab and, for the one who is signed in, the connection. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const { subscribe, getSnapshot } = sessionStore
  const session = useSyncExternalStore<Session | null | undefined>(subscribe, getSnapshot, unknown)
  const value = useMemo(() => ({ session, signIn, enter: showSession, signOut }), [session])
  return (
    <Context value={value}>
      {session ? (
        <MessagingProvider key={session.user.id} client={clientOf(session)}>
          {children}
        </MessagingProvider>
      ) : (
        children
      )}
    </Context>
  )
}

export function useAppSession(): SessionContext {
  return useContext(Context)
}
