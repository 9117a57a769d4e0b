'use client'

import { type ReactNode, useCallback, useMemo } from 'react'
import type { ConversationId, Role } from '../../../client'
import { useConversations, useOnlineStatus, useSession, useStore } from '../../../hooks'
import { useClient } from '../../../hooks/useClient'
import { notify } from '../../ui/notify'
import { useWords } from '../../words'
import { ConversationListHeader } from './ConversationListHeader'
import { ConversationListView } from './ConversationListView'

export interface ConversationListProps {
  selectedId: ConversationId | null
  onSelect: (id: ConversationId) => void
  emptyAction?: ReactNode
  /** Of this user. Conversations tell it too, but somebody new has none. */
  role?: Role | undefined
}

export function ConversationList({
  selectedId,
  onSelect,
  emptyAction,
  role,
}: ConversationListProps) {
  const { words } = useWords()
  const list = useConversations()
  const { isUserOnline } = useOnlineStatus()
  const { me } = useSession()
  const client = useClient()
  const isLive = useStore(client.connection, ({ status }) => status === 'connected')
  const typistsIn = useCallback((id: ConversationId) => client.thread(id).typists, [client])
  const { pin, mute, archive, remove, loadMore, refresh } = list
  const actions = useMemo(() => {
    const failed = () => notify({ tone: 'error', text: words.toast.failed, id: 'action' })
    return {
      onPin: (id: ConversationId, pinned: boolean) => void pin(id, pinned).catch(failed),
      onMute: (id: ConversationId, muted: boolean) => void mute(id, muted).catch(failed),
      onArchive: (id: ConversationId, archived: boolean) =>
        void archive(id, archived).catch(failed),
      onRemove: (id: ConversationId) => void remove(id).catch(failed),
      onLoadMore: () => void loadMore().catch(failed),
      onRefresh: () => void refresh().catch(failed),
    }
  }, [pin, mute, archive, remove, loadMore, refresh, words])

  return (
    <ConversationListView
      conversations={list.conversations}
      selectedId={selectedId}
      isLoading={list.isLoading}
      error={list.error}
      hasMore={list.hasMore}
      // What was known before the connection went is not true now.
      {...(isLive && { isUserOnline })}
      typistsIn={typistsIn}
      header={<ConversationListHeader role={role ?? me?.role} conversations={list.conversations} />}
      onSelect={onSelect}
      emptyAction={emptyAction}
      {...actions}
    />
  )
}
