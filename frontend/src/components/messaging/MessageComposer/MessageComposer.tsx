'use client'

import { useEffect, useRef, useState } from 'react'
import type { Conversation, Message, MessageId } from '../../../client'
import { useSession, useTypingIndicator, useUpload } from '../../../hooks'
import type { UseMessagesResult } from '../../../hooks/results'
import { useClient } from '../../../hooks/useClient'
import { useLatest } from '../../../hooks/useLatest'
import { notify } from '../../ui/notify'
import { useWords } from '../../words'
import { canRecord } from '../voice/canRecord'
import { retryWhenConnected, useVoiceMessages } from '../voice/useVoiceMessages'
import { MessageComposerView } from './MessageComposerView'
import { useDraft } from './useDraft'

export interface ComposerMode {
  kind: 'reply' | 'edit'
  message: Message
}

export interface MessageComposerProps {
  conversation: Conversation
  mode: ComposerMode | null
  onModeEnd: () => void
  onSend: UseMessagesResult['send']
  onEdit: (id: MessageId, text: string) => Promise<void>
}

/** The composer of a conversation: draft, files, typing signs, replies and edits. */
export function MessageComposer(props: MessageComposerProps) {
  const { conversation, mode, onModeEnd } = props
  const { words } = useWords()
  const { userId, me } = useSession()
  const client = useClient()
  const { sendTypingStatus } = useTypingIndicator(conversation.id)
  const { uploads, add, cancel, retry, take } = useUpload()
  const voice = useVoiceMessages(conversation.id)
  const [draft, setDraft] = useDraft(userId, conversation.id)
  const [edited, setEdited] = useState('')
  const input = useRef<HTMLTextAreaElement>(null)
  const isEditing = mode?.kind === 'edit'

  const latest = useLatest(uploads)
  useEffect(() => retryWhenConnected(client, () => latest.current, retry), [client, latest, retry])

  useEffect(() => {
    if (mode?.kind === 'edit') setEdited(mode.message.content)
    if (mode) input.current?.focus()
  }, [mode])

  const change = (text: string) => {
    if (isEditing) return setEdited(text)
    setDraft(text)
    sendTypingStatus(text !== '')
  }

  const send = (text: string) => {
    const replyTo = mode?.kind === 'reply' ? mode.message.id : null
    onModeEnd()
    if (mode?.kind === 'edit') return void saveEdit(mode.message, text)
    try {
      props.onSend(text, { replyTo, attachments: take() })
    } catch (reason) {
      // Too many messages wait already: the text stays in the field.
      const text = reason instanceof Error ? reason.message : words.toast.failed
      return notify({ tone: 'error', text, id: 'action' })
    }
    setDraft('')
    sendTypingStatus(false)
  }

  const saveEdit = async (message: Message, text: string) => {
    if (message.id === null || text === '' || text === message.content) return
    try {
      await props.onEdit(message.id, text)
    } catch {
      notify({ tone: 'error', text: words.toast.failed, id: 'action' })
    }
  }

  return (
    <MessageComposerView
      inputRef={input}
      text={isEditing ? edited : draft}
      onTextChange={change}
      onSend={send}
      uploads={uploads}
      onAddFiles={add}
      onCancelUpload={cancel}
      onRetryUpload={retry}
      replyTo={mode?.kind === 'reply' ? mode.message : null}
      editing={isEditing ? mode.message : null}
      onCancelContext={onModeEnd}
      voices={voice.uploads}
      onCancelVoice={voice.cancel}
      onRetryVoice={voice.retry}
      {...(canRecord() && { onVoice: voice.send })}
      quickTexts={me?.role === 'provider' ? words.answerTexts : words.templateTexts}
      closedReason={closedReason(conversation, words)}
    />
  )
}

function closedReason(conversation: Conversation, words: ReturnType<typeof useWords>['words']) {
  if (conversation.is_blocked) return words.blockedConversation
  return conversation.is_active ? null : words.closedConversation
}
