'use client'

import { useState } from 'react'
import {
  type ConnectionInfo,
  type ConnectionStatus,
  type Message,
  Store,
  type Typist,
} from '../../client'
import {
  asha,
  bikram,
  chandra,
  cleaning,
  conversation,
  dolma,
  message,
  startOfTime,
} from '../fixtures'
import { ConnectionStatusIndicatorView } from '../messaging/ConnectionStatusIndicator'
import { ConversationListView } from '../messaging/ConversationList'
import { FileDropZone } from '../messaging/FileUpload'
import { MessageComposerView } from '../messaging/MessageComposer'
import { MessageListView } from '../messaging/MessageList'
import { BulkOnlineStatusView, OnlineStatusView } from '../messaging/OnlineStatus'
import { QuickContactModalView } from '../messaging/QuickContactModal'
import { TypingIndicatorView } from '../messaging/TypingIndicator'
import { Button } from '../ui/Button'
import styles from './Gallery.module.css'
import { hostileTexts } from './hostileTexts'

/** Every component in its states, the ugly ones too. */
export function Gallery() {
  return (
    <div className={styles.gallery}>
      <h1>Component states</h1>
      <Messages title="A conversation" messages={ordinary} unreadAfter={6} />
      <Messages title="Own states" messages={ownStates} />
      <Messages title="Hostile text" messages={hostile} />
      <Messages title="Empty" messages={[]} />
      <Conversations />
      <Presence />
      <Connections />
      <Composers />
      <Contact />
    </div>
  )
}

const nothing = () => undefined
const actions = { onReply: nothing, onReact: nothing, onEdit: nothing, onRemove: nothing }
const yesterday = new Date(startOfTime - 86_400_000).toISOString()

const ordinary: Message[] = [
  message('Namaste Bikram dai! Is the deep cleaning available on Saturday?', {
    is_own: true,
    status: 'read',
    created_at: yesterday,
  }),
  message('Namaste! Yes, Saturday morning is free. How many rooms?', { created_at: yesterday }),
  message('Three rooms and a kitchen.', { is_own: true, status: 'read' }),
  message('In Lazimpat, near https://maps.example/lazimpat', {
    is_own: true,
    status: 'read',
    reactions: [{ emoji: '👍', user_ids: [2] }],
  }),
  message('Good. We bring everything: machines, soap, two people. It takes about four hours.', {
    edited_at: yesterday,
  }),
  message('How much is it altogether?', { is_own: true, status: 'delivered' }),
  message('Rs. 2,500 for three rooms. The kitchen is included 🙂', {
    reply_to: 6,
    reactions: [
      { emoji: '🙏', user_ids: [1] },
      { emoji: '❤️', user_ids: [1, 2] },
    ],
  }),
  message('शनिबार बिहान नौ बजे ठीक छ?'),
  message('', { is_deleted: true, message_type: 'deleted' }),
  message('👍🙏', { is_own: true, status: 'sent' }),
]

const ownStates: Message[] = [
  ...(['queued', 'sending', 'unknown', 'sent', 'delivered', 'read'] as const).map((status) =>
    message(`This message is ${status}`, { is_own: true, status }),
  ),
  message('This one was refused', {
    is_own: true,
    id: null,
    status: 'failed',
    error: { code: 'content_refused', message: 'The content is not allowed.', retryable: false },
  }),
  message('Here is the list', {
    attachments: [file('shopping-list-for-the-whole-house.pdf', 'application/pdf')],
  }),
  message('', { is_own: true, is_deleted: true, message_type: 'deleted' }),
]

const hostile: Message[] = hostileTexts.map((text) => message(text))

function file(name: string, content_type: string) {
  const empty = { width: null, height: null, duration_ms: null, waveform: [], preview: null }
  return { id: 1, url: '/media/1', name, content_type, size: 1_240_000, ...empty }
}

interface MessagesProps {
  title: string
  messages: Message[]
  unreadAfter?: number
}

function Messages({ title, messages, unreadAfter }: MessagesProps) {
  return (
    <section className={styles.phone}>
      <h2>{title}</h2>
      <MessageListView
        messages={messages}
        label={title}
        userId={asha.id}
        hasOlder={false}
        isLoading={false}
        error={null}
        unreadAfter={unreadAfter ?? null}
        actions={actions}
        onLoadOlder={nothing}
        onSeen={nothing}
      />
    </section>
  )
}

const conversations = [
  conversation(1, bikram, { service: cleaning, unread_count: 3, is_pinned: true }),
  conversation(2, chandra, { last_message_preview: 'शनिबार बिहान नौ बजे ठीक छ?' }),
  conversation(3, dolma, { unread_count: 120, is_muted: true }),
  conversation(4, { ...dolma, id: 9, name: 'A very long name that does not fit into its line' }),
]

const dolmaTypes = new Store([{ user_id: 9, user_name: dolma.first_name }])
const nobodyTypes = new Store<readonly Typist[]>([])

function Conversations() {
  const [selected, select] = useState(1)
  return (
    <section className={styles.phone}>
      <h2>Conversations</h2>
      <ConversationListView
        conversations={conversations}
        selectedId={selected}
        isLoading={false}
        error={null}
        isUserOnline={(id) => id === bikram.id}
        typistsIn={(id) => (id === 4 ? dolmaTypes : nobodyTypes)}
        onSelect={select}
        onPin={nothing}
        onMute={nothing}
        onArchive={nothing}
        onRemove={nothing}
      />
    </section>
  )
}

function Presence() {
  const typists = [asha, bikram, chandra, dolma].map((each) => ({
    user_id: each.id,
    user_name: each.first_name,
  }))
  const people = [asha, bikram, chandra, dolma].map((each) => ({
    user_id: each.id,
    user_name: each.name,
    is_online: each.id < 3,
    last_seen: null,
  }))
  return (
    <section className={styles.stack}>
      <h2>Presence and typing</h2>
      <OnlineStatusView isOnline />
      <OnlineStatusView isOnline={false} lastSeen={yesterday} />
      <BulkOnlineStatusView people={people} max={3} />
      {[1, 2, 3, 4].map((count) => (
        <TypingIndicatorView key={count} typists={typists.slice(0, count)} />
      ))}
    </section>
  )
}

const statuses: readonly ConnectionStatus[] = [
  'connecting',
  'connected',
  'reconnecting',
  'offline',
  'api_only',
  'error',
]

function connection(status: ConnectionStatus): ConnectionInfo {
  const idle = { attempt: 0, retryAt: null, latencyMs: 24, reconnects: 0, closeCode: null }
  return { status, synced: true, isLeader: true, userId: 1, error: null, ...idle }
}

function Connections() {
  return (
    <section className={styles.stack}>
      <h2>Connection</h2>
      {statuses.map((status) => (
        <div key={status}>
          <ConnectionStatusIndicatorView connection={connection(status)} />
          <ConnectionStatusIndicatorView
            variant="banner"
            connection={connection(status)}
            onReconnect={nothing}
          />
        </div>
      ))}
    </section>
  )
}

const uploads = [
  { key: 'a', name: 'kitchen.jpg', size: 2_400_000, type: 'image/jpeg', progress: 0.6 },
  { key: 'b', name: 'contract.pdf', size: 90_000, type: 'application/pdf', progress: 1 },
].map((upload) => ({
  ...upload,
  status: upload.progress < 1 ? ('uploading' as const) : ('failed' as const),
  file: new File([], upload.name),
  fields: {},
  attachment: null,
  error: null,
}))

function Composers() {
  const [text, setText] = useState('')
  return (
    <section className={styles.stack}>
      <h2>Composer</h2>
      <MessageComposerView text={text} onTextChange={setText} onSend={() => setText('')} />
      <MessageComposerView
        text="See you on Saturday"
        onTextChange={nothing}
        onSend={nothing}
        uploads={uploads}
        onAddFiles={nothing}
        replyTo={ordinary[6] ?? null}
      />
      <MessageComposerView
        text=""
        onTextChange={nothing}
        onSend={nothing}
        closedReason="This conversation is closed."
      />
      <FileDropZone onAdd={nothing} />
    </section>
  )
}

function Contact() {
  const [isOpen, setOpen] = useState(false)
  return (
    <section className={styles.stack}>
      <h2>Contact</h2>
      <Button onClick={() => setOpen(true)}>Open the contact dialog</Button>
      {isOpen && (
        <QuickContactModalView
          service={cleaning}
          provider={bikram}
          isSending={false}
          error={null}
          onSend={nothing}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  )
}
