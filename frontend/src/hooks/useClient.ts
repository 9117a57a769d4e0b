'use client'

import { useContext, useEffect } from 'react'
import type { ChatClient } from '../client'
import { ClientContext } from '../providers/MessagingProvider'
import { sharedClient } from './createClient'
import type { ConnectionOptions } from './results'

const noOptions: ConnectionOptions = {}

/** The client of the provider, else the one that these options share. Runs while a component uses it. */
export function useClient(options: ConnectionOptions = noOptions, isWanted = true): ChatClient {
  const provided = useContext(ClientContext)
  const client = provided ?? sharedClient(options)
  useEffect(() => (isWanted ? client.retain() : undefined), [client, isWanted])
  return client
}
