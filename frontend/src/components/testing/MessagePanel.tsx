'use client'

import { useState } from 'react'
import type { Conversation, Message, UserId } from '../../client'
import { useMessages } from '../../hooks'
import { MessageStatusMark } from '../messaging/MessageStatusMark'
import { MessageText } from '../messaging/MessageText'
import { Button } from '../ui/Button'
import { clockText } from './ConnectionMonitor'
import type { Lab } from './Lab'
import { useLabWords } from './labWords'
import { Panel } from './Panel'
import styles from './WebSocketTest.module.css'

export interface MessagePanelProps {
  lab: Lab
  conversation: Conversation
  peers: readonly UserId[]
}

const burst = 10
const lastShown = 10

/** Send from both sides, and the last ten messages as this client sees them. */
export function MessagePanel({ lab, conversation, peers }: MessagePanelProps) {
  const words = useLabWords()
  const { messages } = useMessages(conversation.id)
  const [text, setText] = useState('')
  const [count, setCount] = useState(1)
  const partner = conversation.participants.find((person) => person.id === peers[0])

  const send = (times: number) => {
    for (let index = 0; index < times; index += 1) {
      const number = count + index
      lab.send(conversation.id, times > 1 || text === '' ? words.testMessage(number) : text)
    }
    setCount(count + times)
    setText('')
  }
  const answer = () => {
    if (partner)
      lab
        .peer(partner.id)
        .thread(conversation.id)
        .send(words.answer(clockText(Date.now())))
  }

  return (
    <Panel title={words.messages} isWide>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault()
          send(1)
        }}
      >
        <input
          className={styles.input}
          aria-label={words.text}
          placeholder={words.testMessage(count)}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" size="s" icon="send">
          {words.send}
        </Button>
        <Button size="s" variant="outline" onClick={() => send(burst)}>
          {words.sendMany(burst)}
        </Button>
        {partner && (
          <Button size="s" variant="outline" onClick={answer}>
            {words.answerAs(partner.first_name)}
          </Button>
        )}
      </form>
      <ol className={styles.messages} aria-label={words.lastMessages(lastShown)}>
        {messages.slice(-lastShown).map((message) => (
          <MessageLine key={message.key} message={message} />
        ))}
      </ol>
    </Panel>
  )
}

function MessageLine({ message }: { message: Message }) {
  return (
    <li data-own={message.is_own}>
      <code>{message.conv_seq ?? '–'}</code>
      <strong dir="auto">{message.sender.first_name || message.sender.name}</strong>
      <MessageText text={message.content} />
      <MessageStatusMark status={message.status} />
    </li>
  )
}
