'use client'

import { useEffect, useRef, useState } from 'react'
import type { ConversationId, Person, Service } from '../../client'
import { useConversations } from '../../hooks'
import { Avatar } from '../ui/Avatar'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { useWords } from '../words'
import styles from './QuickContactModal.module.css'

export interface QuickContactModalProps {
  service: Service
  provider: Person
  onContacted: (id: ConversationId) => void
  onClose: () => void
  templates?: readonly string[]
}

export function QuickContactModal({ onContacted, ...props }: QuickContactModalProps) {
  const { words } = useWords()
  const { start } = useConversations()
  const [state, setState] = useState<'writing' | 'sending' | 'failed'>('writing')

  const send = async (text: string) => {
    setState('sending')
    try {
      onContacted(await start({ serviceId: props.service.id, providerId: props.provider.id, text }))
      props.onClose()
    } catch {
      setState('failed')
    }
  }
  return (
    <QuickContactModalView
      {...props}
      isSending={state === 'sending'}
      error={state === 'failed' ? words.toast.notSent : null}
      onSend={(text) => void send(text)}
    />
  )
}

export interface QuickContactModalViewProps {
  service: Service
  provider: Person
  isSending: boolean
  error: string | null
  onSend: (text: string) => void
  onClose: () => void
  /** Default: four common questions in the language of the page. */
  templates?: readonly string[]
}

const maxLength = 5000

/** The first message about a service, started from a template. */
export function QuickContactModalView({ service, provider, ...props }: QuickContactModalViewProps) {
  const { words } = useWords()
  const input = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const templates = props.templates ?? words.templateTexts
  useEffect(() => input.current?.focus(), [])

  return (
    <Dialog title={words.contactProvider(provider.name)} onClose={props.onClose}>
      <p className={styles.about}>
        <Avatar id={provider.id} name={provider.name} image={provider.avatar} />
        <span dir="auto">{words.about(service.title)}</span>
      </p>
      <fieldset className={styles.templates}>
        <legend className={styles.legend}>{words.templates}</legend>
        {templates.map((template) => (
          <button
            key={template}
            type="button"
            className={styles.template}
            onClick={() => {
              setText(template)
              input.current?.focus()
            }}
          >
            {template}
          </button>
        ))}
      </fieldset>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() && !props.isSending) props.onSend(text.trim())
        }}
      >
        <label className={styles.label}>
          {words.yourMessage}
          <textarea
            ref={input}
            rows={4}
            dir="auto"
            value={text}
            maxLength={maxLength}
            className={styles.input}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {props.error && (
          <p role="alert" className={styles.error}>
            {props.error}
          </p>
        )}
        <Button type="submit" icon="send" disabled={!text.trim() || props.isSending}>
          {words.sendMessage}
        </Button>
      </form>
    </Dialog>
  )
}
