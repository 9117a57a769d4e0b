'use client'

import { Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import type { Conversation, ConversationId, Message } from '../../client'
import { useMessages, useSession } from '../../hooks'
import { Button } from '../ui/Button'
import { EmptyState } from '../ui/EmptyState'
import { lazyPart, loadPartsWhenIdle } from '../ui/lazyPart'
import { notify } from '../ui/notify'
import { useWords } from '../words'
import { ConnectionStatusIndicator } from './ConnectionStatusIndicator'
import { ConversationHeader } from './ConversationHeader'
import { nameOf } from './ConversationList'
import styles from './ConversationPane.module.css'
import type { MessageActions } from './MessageBubble'
import { type ComposerMode, MessageComposer } from './MessageComposer'
import { MessageListView } from './MessageList'
import { TypingIndicator } from './TypingIndicator'
import { useJump } from './useJump'

const MessageSearch = lazyPart(async () => (await import('./MessageSearch')).MessageSearch)

export interface ConversationPaneProps {
  conversationId: ConversationId
  onBack?: () => void
}

/** One open conversation: header, messages, who is typing, composer. */
export function ConversationPane({ conversationId, onBack }: ConversationPaneProps) {
  const { words } = useWords()
  const { userId } = useSession()
  const thread = useMessages(conversationId)
  const { conversation } = thread
  const [mode, setMode] = useState<ComposerMode | null>(null)
  const actions = useMessageActions(thread, setMode)
  const endMode = useCallback(() => setMode(null), [])
  const unreadAfter = useUnreadLine(conversation)
  const [isSearching, setSearching] = useState(false)
  const { target, jumpTo } = useJump(conversationId)
  useEffect(loadPartsWhenIdle, [])
  const loadOlder = useCallback(() => void thread.loadOlder(), [thread.loadOlder])

  if (!conversation) return <Absent error={thread.error !== null} onBack={onBack} />
  const name = nameOf(conversation)
  return (
    <section className={styles.pane} aria-label={words.messagesWith(name)}>
      <ConversationHeader
        conversation={conversation}
        onBack={onBack}
        onSearch={() => setSearching(true)}
      />
      {isSearching && (
        <Suspense fallback={null}>
          <MessageSearch
            conversationId={conversationId}
            onChoose={jumpTo}
            onClose={() => setSearching(false)}
          />
        </Suspense>
      )}
      <ConnectionStatusIndicator variant="banner" />
      <MessageListView
        messages={thread.messages}
        label={words.messagesWith(name)}
        userId={userId}
        hasOlder={thread.hasOlder}
        isLoading={thread.isLoading}
        error={thread.error}
        unreadAfter={unreadAfter}
        target={target}
        actions={actions}
        onLoadOlder={loadOlder}
        onSeen={thread.markRead}
        showSender={conversation.kind === 'group'}
      />
      <TypingIndicator conversationId={conversationId} />
      <MessageComposer
        conversation={conversation}
        mode={mode}
        onModeEnd={endMode}
        onSend={thread.send}
        onEdit={thread.edit}
      />
    </section>
  )
}

interface AbsentProps {
  error: boolean
  onBack: (() => void) | undefined
}

function Absent({ error, onBack }: AbsentProps) {
  const { words } = useWords()
  if (!error) return <section className={styles.pane} aria-busy="true" />
  return (
    <section className={styles.pane}>
      <EmptyState icon="alert" title={words.loadFailed}>
        <Button variant="outline" onClick={onBack}>
          {words.backToList}
        </Button>
      </EmptyState>
    </section>
  )
}

/** Where "new messages" starts: decided when the conversation is opened, and kept while it is open. */
function useUnreadLine(conversation: Conversation | null): number | null {
  const [line, setLine] = useState<{ id: number; after: number | null } | null>(null)
  if (conversation && line?.id !== conversation.id) {
    const after = conversation.unread_count > 0 ? conversation.read_up_to : null
    setLine({ id: conversation.id, after })
  }
  return line?.after ?? null
}

type Thread = ReturnType<typeof useMessages>

/** Stable while the conversation is the same, because the functions of the hook are. */
function useMessageActions(thread: Thread, setMode: (mode: ComposerMode) => void): MessageActions {
  const { words } = useWords()
  const { retry, discard, remove, react } = thread
  return useMemo(() => {
    const failed = () => notify({ tone: 'error', text: words.toast.failed, id: 'action' })
    return {
      onReply: (message: Message) => setMode({ kind: 'reply', message }),
      onEdit: (message: Message) => setMode({ kind: 'edit', message }),
      onRetry: retry,
      onDiscard: discard,
      onRemove: (id, scope) => void remove(id, scope).catch(failed),
      onReact: (id, emoji, op) => void react(id, emoji, op).catch(failed),
      onCopy: (text) => {
        const copied = () => notify({ tone: 'success', text: words.toast.copied, id: 'copied' })
        void navigator.clipboard.writeText(text).then(copied, failed)
      },
    }
  }, [retry, discard, remove, react, setMode, words])
}
