'use client'

import { type FormEvent, useState } from 'react'
import { toClientError } from '@/client/credentials'
import { Button } from '@/components/ui/Button'
import { useWords } from '@/components/words'
import { logIn, register } from './_shell/accounts'
import type { Session } from './_shell/session'
import styles from './SignIn.module.css'

interface AccountFormProps {
  /** Makes an account, instead of signing in with one. */
  isNew: boolean
  onNew: (isNew: boolean) => void
  onEntered: (session: Session) => void
}

/** Signing in with an account of this server, and making one. */
export function AccountForm({ isNew, onNew, onEntered }: AccountFormProps) {
  const { words } = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => `${form.get(name) ?? ''}`.trim()
    const account = { username: text('username'), password: `${form.get('password') ?? ''}` }
    const role = text('role') === 'provider' ? ('provider' as const) : ('customer' as const)
    setBusy(true)
    setProblem('')
    try {
      onEntered(await (isNew ? register({ ...account, name: text('name'), role }) : logIn(account)))
    } catch (reason) {
      const error = toClientError(reason)
      setProblem(words.account.problems(error.code) ?? words.problem(error))
      setBusy(false)
    }
  }
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      {isNew && <Field name="name" label={words.account.name} autoComplete="name" />}
      <Field name="username" label={words.account.username} autoComplete="username" min={3} />
      <Field
        name="password"
        label={words.account.password}
        type="password"
        min={8}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        {...(isNew && { hint: words.account.passwordHint })}
      />
      {isNew && (
        <label className={styles.field}>
          {words.account.role}
          <select name="role">
            <option value="customer">{words.role.customer}</option>
            <option value="provider">{words.role.provider}</option>
          </select>
        </label>
      )}
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <Button type="submit" disabled={isBusy} aria-busy={isBusy}>
        {isNew ? words.account.create : words.account.logIn}
      </Button>
      <Button
        variant="quiet"
        onClick={() => {
          onNew(!isNew)
          setProblem('')
        }}
      >
        {isNew ? words.account.haveOne : words.account.needOne}
      </Button>
    </form>
  )
}

interface FieldProps {
  name: string
  label: string
  autoComplete: string
  type?: string
  min?: number
  hint?: string
}

function Field({ name, label, autoComplete, type = 'text', min = 1, hint }: FieldProps) {
  return (
    <label className={styles.field}>
      {label}
      <input
        required
        name={name}
        type={type}
        minLength={min}
        maxLength={200}
        autoComplete={autoComplete}
        autoCapitalize={name === 'name' ? 'words' : 'none'}
        {...(name === 'name' && { dir: 'auto' })}
      />
      {hint && <span className={styles.hint}>{hint}</span>}
    </label>
  )
}
