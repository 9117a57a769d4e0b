'use client'

import { type KeyboardEvent, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import type {
  ClientError,
  Conversation,
  ConversationId,
  ReadableStore,
  Typist,
} from '../../../client'
import { Button } from '../../ui/Button'
import { EmptyState } from '../../ui/EmptyState'
import { lazyPart } from '../../ui/lazyPart'
import { useWords } from '../../words'
import { type ConversationActions, ConversationItem } from './ConversationItem'
import styles from './ConversationListView.module.css'
import { ConversationSearch } from './ConversationSearch'
import { type ConversationFilter, filterConversations, nameOf } from './conversationFilter'

const DeleteDialog = lazyPart(async () => (await import('./DeleteDialog')).DeleteDialog)

export interface ConversationListViewProps {
  conversations: readonly Conversation[]
  selectedId: ConversationId | null
  isLoading: boolean
  error: ClientError | null
  hasMore?: boolean
  isUserOnline?: (userId: number) => boolean
  typistsIn?: (id: ConversationId) => ReadableStore<readonly Typist[]>
  /** Stands above the search: whose conversations these are. */
  header?: ReactNode
  onSelect: (id: ConversationId) => void
  onPin: (id: ConversationId, pinned: boolean) => void
  onMute: (id: ConversationId, muted: boolean) => void
  onArchive: (id: ConversationId, archived: boolean) => void
  onRemove: (id: ConversationId) => void
  onLoadMore?: () => void
  onRefresh?: () => void
  /** Shown under "no conversations yet", for example a link to the catalogue. */
  emptyAction?: ReactNode
}

/** The conversations of a person: search, filter, pin, mute, archive, delete. */
export function ConversationListView(props: ConversationListViewProps) {
  const { words } = useWords()
  const [filter, setFilter] = useState<ConversationFilter>('all')
  const [search, setSearch] = useState('')
  const [doomed, setDoomed] = useState<Conversation | null>(null)
  const shown = useMemo(
    () => filterConversations(props.conversations, filter, search, props.selectedId),
    [props.conversations, filter, search, props.selectedId],
  )
  const unread = props.conversations.filter((each) => each.unread_count > 0 && !each.is_archived)
  const actions = useActions(props, setDoomed)

  return (
    <section aria-label={words.conversations} className={styles.list} data-slot="conversation-list">
      {props.header}
      <ConversationSearch
        search={search}
        filter={filter}
        unreadCount={unread.length}
        onSearch={setSearch}
        onFilter={setFilter}
      />
      {shown.length === 0 ? (
        <Nothing {...props} filter={filter} isSearching={search !== ''} />
      ) : (
        <ul className={styles.items} onKeyDown={moveFocus}>
          {shown.map((conversation) => (
            <ConversationItem
              key={conversation.id}
              conversation={conversation}
              isSelected={conversation.id === props.selectedId}
              isOnline={onlineOf(conversation, props.isUserOnline)}
              typists={props.typistsIn?.(conversation.id)}
              actions={actions}
            />
          ))}
          {props.hasMore && (
            <li className={styles.more}>
              <Button variant="quiet" size="s" onClick={props.onLoadMore}>
                {words.moreConversations}
              </Button>
            </li>
          )}
        </ul>
      )}
      {doomed && (
        <Suspense fallback={null}>
          <DeleteDialog
            name={nameOf(doomed)}
            onDelete={() => props.onRemove(doomed.id)}
            onClose={() => setDoomed(null)}
          />
        </Suspense>
      )}
    </section>
  )
}

function onlineOf(
  conversation: Conversation,
  isUserOnline: ConversationListViewProps['isUserOnline'],
): boolean | null {
  const partner = conversation.other_participant
  return partner && isUserOnline ? isUserOnline(partner.id) : null
}

function useActions(
  { onSelect, onPin, onMute, onArchive }: ConversationListViewProps,
  ask: (conversation: Conversation) => void,
): ConversationActions {
  const onAskRemove = useCallback((conversation: Conversation) => ask(conversation), [ask])
  return useMemo(
    () => ({ onSelect, onPin, onMute, onArchive, onAskRemove }),
    [onSelect, onPin, onMute, onArchive, onAskRemove],
  )
}

interface NothingProps extends ConversationListViewProps {
  filter: ConversationFilter
  isSearching: boolean
}

function Nothing({ filter, isSearching, ...props }: NothingProps) {
  const { words } = useWords()
  // It goes on trying, and whoever waits is to know why.
  if (props.error && props.conversations.length === 0) {
    return (
      <EmptyState icon="alert" title={words.loadFailed} hint={words.problem(props.error)}>
        <Button variant="outline" icon="retry" onClick={props.onRefresh}>
          {words.retry}
        </Button>
      </EmptyState>
    )
  }
  if (props.isLoading) return <Skeleton label={words.loading} />
  if (isSearching) {
    return <EmptyState icon="search" title={words.noMatches} hint={words.noMatchesHint} />
  }
  if (filter === 'unread') return <EmptyState icon="check" title={words.noUnread} />
  if (filter === 'archived') return <EmptyState icon="archive" title={words.noArchived} />
  return (
    <EmptyState icon="chat" title={words.noConversations} hint={words.noConversationsHint}>
      {props.emptyAction}
    </EmptyState>
  )
}

function Skeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className={styles.skeleton}>
      {['a', 'b', 'c', 'd', 'e'].map((key) => (
        <div key={key} className={styles.ghost} />
      ))}
    </div>
  )
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-conversation]')]
  const index = links.indexOf(document.activeElement as HTMLElement)
  if (index < 0) return
  event.preventDefault()
  links[index + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}
