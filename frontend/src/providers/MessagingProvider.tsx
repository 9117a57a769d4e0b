'use client'

import { createContext, type ReactNode, useEffect, useMemo } from 'react'
import type { ChatClient } from '../client'
import { createClient } from '../hooks/createClient'
import type { ConnectionOptions } from '../hooks/results'
import { useLatest } from '../hooks/useLatest'

export const ClientContext = createContext<ChatClient | null>(null)

export interface MessagingProviderProps extends ConnectionOptions {
  /** A client that the app has made itself; the other options are not used then. */
  client?: ChatClient | undefined
  children: ReactNode
}

/** Owns one client and keeps it running. A new client is made when the address or the user changes. */
export function MessagingProvider({ client: given, children, ...options }: MessagingProviderProps) {
  const latest = useLatest(options)
  const { url, apiUrl, userId, token } = options
  // biome-ignore lint/correctness/useExhaustiveDependencies: the other options hold for the life of a client.
  const client = useMemo(
    () =>
      given ??
      createClient({
        ...options,
        getToken: options.getToken && (() => latest.current.getToken?.() ?? Promise.reject()),
      }),
    [given, url, apiUrl, userId],
  )
  useEffect(() => {
    if (token !== undefined) client.setToken(token)
  }, [client, token])
  useEffect(() => client.retain(), [client])
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>
}
