'use client'

import { useEffect, useMemo, useState } from 'react'
import type { Conversation, ConversationId, UserId } from '../../client'
import { MessagingProvider, useConversations, useStore } from '../../hooks'
import { nameOf } from '../messaging/ConversationList'
import { EmptyState } from '../ui/EmptyState'
import { useWords } from '../words'
import { ConnectionMonitor } from './ConnectionMonitor'
import { FaultPanel } from './FaultPanel'
import { FramesPanel } from './FramesPanel'
import { Lab, type LabOptions } from './Lab'
import { LedgerPanel } from './LedgerPanel'
import { useLabWords } from './labWords'
import { MessagePanel } from './MessagePanel'
import { OnlineUsersPanel } from './OnlineUsersPanel'
import { TypingPanel } from './TypingPanel'
import styles from './WebSocketTest.module.css'

export interface WebSocketTestProps extends LabOptions {
  /** People whose tokens `tokenOf` can get: they can be played here. */
  playable: readonly UserId[]
}

/** The dashboard of /test/websocket: what the connection does, and switches to make its life hard. */
export function WebSocketTest({ playable, ...options }: WebSocketTestProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a bench is for one person; it is made again for another
  const lab = useMemo(() => new Lab(options), [options.userId])
  const subject = useStore(lab.state, (state) => state.subject)
  useEffect(() => lab.open(), [lab])
  return (
    <MessagingProvider client={subject}>
      <Dashboard lab={lab} playable={playable} userId={options.userId} />
    </MessagingProvider>
  )
}

interface DashboardProps {
  lab: Lab
  playable: readonly UserId[]
  userId: UserId
}

function Dashboard({ lab, playable, userId }: DashboardProps) {
  const { words } = useWords()
  const labWords = useLabWords()
  const { conversations, isLoading } = useConversations()
  const [chosen, choose] = useState<ConversationId | null>(null)
  const conversation = conversations.find((each) => each.id === chosen) ?? conversations[0] ?? null
  const peers = playersOf(conversation, playable, userId)
  usePeers(lab, peers)

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{words.nav.test}</h1>
        <p>{labWords.lead}</p>
        {conversations.length > 0 && (
          <label className={styles.choice}>
            {labWords.conversation}
            <select
              value={conversation?.id ?? ''}
              onChange={(event) => choose(Number(event.target.value))}
            >
              {conversations.map((each) => (
                <option key={each.id} value={each.id}>
                  {nameOf(each)}
                  {each.service ? ` · ${each.service.title}` : ''}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <ConnectionMonitor lab={lab} />
      <LedgerPanel lab={lab} conversationId={conversation?.id ?? null} />
      <FaultPanel lab={lab} />
      {conversation ? (
        <>
          <MessagePanel lab={lab} conversation={conversation} peers={peers} />
          <TypingPanel lab={lab} conversation={conversation} peers={peers} />
        </>
      ) : (
        !isLoading && (
          <section className={styles.panel}>
            <EmptyState
              icon="chat"
              title={words.noConversations}
              hint={words.noConversationsHint}
            />
          </section>
        )
      )}
      <OnlineUsersPanel />
      <FramesPanel lab={lab} />
    </div>
  )
}

const peersMax = 4

function playersOf(
  conversation: Conversation | null,
  playable: readonly UserId[],
  userId: UserId,
): readonly UserId[] {
  const others = conversation?.participants.filter((person) => person.id !== userId) ?? []
  return others
    .map((person) => person.id)
    .filter((id) => playable.includes(id))
    .slice(0, peersMax)
}

/** The others are in the conversation too, so that delivery can be seen. */
function usePeers(lab: Lab, peers: readonly UserId[]) {
  const key = peers.join()
  useEffect(() => {
    for (const id of key.split(',').filter(Boolean)) lab.peer(Number(id))
  }, [lab, key])
}
