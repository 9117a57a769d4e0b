'use client'

import { useRouter } from 'next/navigation'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { DemoPerson } from '@/client'
import { Avatar } from '@/components/ui/Avatar'
import { EmptyState } from '@/components/ui/EmptyState'
import { Icon } from '@/components/ui/Icon'
import { useWords } from '@/components/words'
import { useAppSession } from './_shell/SessionProvider'
import type { Session } from './_shell/session'
import { useDemo } from './_shell/useDemo'
import styles from './SignIn.module.css'

const AccountForm = lazy(async () => ({ default: (await import('./AccountForm')).AccountForm }))

/** The first page: what this is, and the people one can be or the account one has. */
export function SignIn() {
  const { words } = useWords()
  const { signIn, enter: enterAs } = useAppSession()
  const router = useRouter()
  const demo = useDemo()
  const [busyId, setBusyId] = useState<number | null>(null)
  const [hasFailed, setFailed] = useState(false)

  const [isNew, setNew] = useState(false)
  const hasAccounts = useAccounts(demo === null)
  const goOn = (role: DemoPerson['role']) =>
    router.push(role === 'customer' ? '/services/' : '/messages/')
  const enterWith = (session: Session) => {
    enterAs(session)
    goOn(session.user.role === 'provider' ? 'provider' : 'customer')
  }

  const enter = async (person: DemoPerson) => {
    setBusyId(person.id)
    setFailed(false)
    try {
      await signIn(person.id)
      goOn(person.role)
    } catch {
      setFailed(true)
      setBusyId(null)
    }
  }

  const accountHeading = isNew ? words.account.needOne : words.account.title
  const heading = hasAccounts ? accountHeading : words.signIn.choose
  return (
    <div className={styles.page}>
      <div className={styles.hero}>
        <h1 className={styles.title}>{words.signIn.title}</h1>
        <p className={styles.lead}>{words.signIn.lead}</p>
        <HeroBubbles />
      </div>
      <section className={styles.card} aria-labelledby="choose">
        <h2 id="choose">{heading}</h2>
        {demo === null ? (
          <Suspense fallback={null}>
            {hasAccounts && <AccountForm isNew={isNew} onNew={setNew} onEntered={enterWith} />}
            {hasAccounts === false && (
              <EmptyState icon="alert" title={words.signIn.none} hint={words.signIn.noneHint} />
            )}
          </Suspense>
        ) : (
          <>
            <p className={styles.hint}>{words.signIn.chooseHint}</p>
            {hasFailed && <p role="alert">{words.signIn.failed}</p>}
            <ul className={styles.people} aria-busy={demo === undefined}>
              {demo?.people.map((person) => (
                <li key={person.id}>
                  <PersonButton
                    person={person}
                    isBusy={busyId === person.id}
                    onChoose={() => void enter(person)}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  )
}

/** undefined until it is known. */
function useAccounts(isAsked: boolean): boolean | undefined {
  const [hasAccounts, setHas] = useState<boolean>()
  useEffect(() => {
    if (isAsked) void import('./_shell/accounts').then(async (it) => setHas(await it.hasAccounts()))
  }, [isAsked])
  return hasAccounts
}

interface PersonButtonProps {
  person: DemoPerson
  isBusy: boolean
  onChoose: () => void
}

function PersonButton({ person, isBusy, onChoose }: PersonButtonProps) {
  const { words } = useWords()
  return (
    <button type="button" className={styles.person} aria-busy={isBusy} onClick={onChoose}>
      <Avatar id={person.id} name={person.name} image={person.avatar} />
      <span className={styles.personText}>
        <strong dir="auto">{person.name}</strong>
        <span>{words.role[person.role]}</span>
      </span>
      <span className={styles.arrow}>
        <Icon name="back" />
      </span>
    </button>
  )
}

/** Decoration. */
function HeroBubbles() {
  return (
    <div className={styles.bubbles} aria-hidden="true">
      <span className={styles.theirs}>नमस्ते! शनिबार खाली छ? 🙏</span>
      <span className={styles.mine}>
        Yes, nine o’clock is free. <Icon name="checks" size="s" />
      </span>
      <span className={styles.theirs}>See you then 🌸</span>
    </div>
  )
}
