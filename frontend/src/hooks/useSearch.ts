'use client'

import { useMemo } from 'react'
import { Search } from '../client'
import type { ConnectionOptions, UseSearchResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

/** Full text search over the messages that this user may see. */
export function useSearch(options?: ConnectionOptions): UseSearchResult {
  const client = useClient(options)
  const search = useMemo(() => {
    const me = () => client.connection.getSnapshot().userId ?? 0
    return new Search(client.environment, client.api, me)
  }, [client])
  const state = useStore(search.state)
  const { setQuery, setFilter, more } = search
  return { ...state, setQuery, setFilter, more }
}
