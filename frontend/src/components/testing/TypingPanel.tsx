'use client'

import { useEffect, useState } from 'react'
import type { Conversation, Typist, UserId } from '../../client'
import { useTypingIndicator } from '../../hooks'
import { TypingIndicatorView } from '../messaging/TypingIndicator'
import { Button } from '../ui/Button'
import type { Lab } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

export interface TypingPanelProps {
  lab: Lab
  conversation: Conversation
  peers: readonly UserId[]
}

const extras: readonly Typist[] = [
  { user_id: 1_000_001, user_name: 'Maya' },
  { user_id: 1_000_002, user_name: 'Nabin' },
  { user_id: 1_000_003, user_name: 'Puja' },
  { user_id: 1_000_004, user_name: 'Rajan' },
]
const signMs = 3_000

/** Peers type for real, through the server; the simulated people exist in this page only. */
export function TypingPanel({ lab, conversation, peers }: TypingPanelProps) {
  const words = useLabWords()
  const { typingUsers } = useTypingIndicator(conversation.id)
  const [simulated, type] = useSimulatedTypists()
  const people = conversation.participants.filter((person) => peers.includes(person.id))
  return (
    <Panel title={words.typing}>
      <div className={styles.buttons}>
        {people.map((person) => (
          <Button
            key={person.id}
            size="s"
            onClick={() => lab.peer(person.id).thread(conversation.id).keystroke()}
          >
            {words.types(person.first_name || person.name)}
          </Button>
        ))}
        {extras.map((person) => (
          <Button
            key={person.user_id}
            size="s"
            variant="outline"
            aria-pressed={simulated.includes(person)}
            onClick={() => type(person)}
          >
            {person.user_name}
          </Button>
        ))}
      </div>
      <TypingIndicatorView typists={[...typingUsers, ...simulated]} />
    </Panel>
  )
}

/** Each disappears 3 s after its last sign. */
function useSimulatedTypists() {
  const [until, setUntil] = useState<ReadonlyMap<Typist, number>>(new Map())
  useEffect(() => {
    if (until.size === 0) return
    const next = Math.min(...until.values()) - Date.now()
    const timer = setTimeout(
      () => setUntil(new Map([...until].filter(([, end]) => end > Date.now()))),
      Math.max(0, next) + 1,
    )
    return () => clearTimeout(timer)
  }, [until])
  const type = (typist: Typist) => setUntil(new Map(until).set(typist, Date.now() + signMs))
  return [[...until.keys()], type] as const
}
