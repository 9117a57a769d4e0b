'use client'

import { useEffect, useMemo } from 'react'
import type { UserId } from '../client'
import type { ConnectionOptions, UseOnlineStatusResult } from './results'
import { useClient } from './useClient'
import { useStore } from './useStore'

export interface UseOnlineStatusOptions extends ConnectionOptions {
  /** People to ask the server about; partners who are online are known without asking. */
  userIds?: readonly UserId[]
}

/** Who is online. */
export function useOnlineStatus(options: UseOnlineStatusOptions = {}): UseOnlineStatusResult {
  const client = useClient(options)
  const known = useStore(client.presence)
  const wanted = options.userIds?.join() ?? ''
  useEffect(() => {
    if (wanted) client.wantPresence(wanted.split(',').map(Number))
  }, [client, wanted])
  const onlineUsers = useMemo(() => [...known.values()].filter((user) => user.is_online), [known])
  const functions = useMemo(() => {
    const find = (id: UserId) => client.presence.getSnapshot().get(id)
    return {
      isUserOnline: (id: UserId) => find(id)?.is_online ?? false,
      lastSeen: (id: UserId) => find(id)?.last_seen ?? null,
    }
  }, [client])
  return { onlineUsers, ...functions }
}
