'use client'

import { type ReactNode, useMemo } from 'react'
import type { ConversationId } from '../../../client'
import { useConversations, useOnlineStatus } from '../../../hooks'
import { notify } from '../../ui/notify'
import { useWords } from '../../words'
import { ConversationListView } from './ConversationListView'

export interface ConversationListProps {
  selectedId: ConversationId | null
  onSelect: (id: ConversationId) => void
  emptyAction?: ReactNode
}

export function ConversationList({ selectedId, onSelect, emptyAction }: ConversationListProps) {
  const { words } = useWords()
  const list = useConversations()
  const { isUserOnline } = useOnlineStatus()
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
      isUserOnline={isUserOnline}
      onSelect={onSelect}
      emptyAction={emptyAction}
      {...actions}
    />
  )
}
