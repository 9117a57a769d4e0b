'use client'

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { isSignInError, toClientError } from '@/client/credentials'
import { MessagingProvider } from '@/hooks'
import { endSession, freshToken, loadSession, type Session, saveSession, signInAs } from './session'

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

/** The session of this tab and, for the one who is signed in, the connection. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | null>()
  useEffect(() => setSession(loadSession()), [])

  const signIn = useCallback(async (personId: number) => {
    setSession(await signInAs(personId))
  }, [])
  const signOut = useCallback(() => {
    const ending = loadSession()
    if (ending?.refresh) void import('./accounts').then(({ logOut }) => logOut(ending))
    saveSession(null)
    setSession(null)
  }, [])
  const getToken = useCallback(async () => {
    try {
      return await freshToken()
    } catch (reason) {
      const ended = loadSession()
      if (ended && isSignInError(toClientError(reason))) {
        endSession(ended)
        setSession(null)
      }
      throw reason
    }
  }, [])
  const value = useMemo(
    () => ({ session, signIn, enter: setSession, signOut }),
    [session, signIn, signOut],
  )

  return (
    <Context value={value}>
      {session ? (
        <MessagingProvider key={session.user.id} userId={session.user.id} getToken={getToken}>
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
