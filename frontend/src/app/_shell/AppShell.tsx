'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { Avatar } from '@/components/ui/Avatar'
import { Icon, type IconName } from '@/components/ui/Icon'
import { IconButton } from '@/components/ui/IconButton'
import { ToastHost } from '@/components/ui/ToastHost'
import { type Locale, locales, useWords, WordsProvider } from '@/components/words'
import { useClient, useStore, useUnread } from '@/hooks'
import styles from './AppShell.module.css'
import { Logo } from './Logo'
import { SessionProvider, useAppSession } from './SessionProvider'
import { ThemeToggle } from './ThemeToggle'
import { useTitle } from './useTitle'

export function AppShell({ children }: { children: ReactNode }) {
  return (
    <WordsProvider>
      <SessionProvider>
        <div className={styles.shell}>
          <TopBar />
          <main id="content" className={styles.content}>
            {children}
          </main>
        </div>
        <ToastHost />
      </SessionProvider>
    </WordsProvider>
  )
}

function TopBar() {
  const { words } = useWords()
  const { session } = useAppSession()
  return (
    <header className={styles.bar}>
      <a href="#content" className={styles.skip}>
        {words.skipToContent}
      </a>
      <Link href="/" prefetch={false} className={styles.home} aria-label={words.appName}>
        <Logo />
        <span className={styles.brand}>{words.appName}</span>
      </Link>
      {session && (
        <nav aria-label={words.nav.main} className={styles.nav}>
          <NavLink href="/services/" icon="search" text={words.nav.services} />
          <NavLink href="/messages/" icon="chat" text={words.nav.messages} badge={<Unread />} />
          <NavLink href="/test/websocket/" icon="play" text={words.nav.test} />
        </nav>
      )}
      <div className={styles.tools}>
        <LanguageButton />
        <ThemeToggle />
        {session && (
          <>
            <span className={styles.me} title={session.user.name}>
              <Avatar id={session.user.id} name={session.user.name} size="s" />
              <span className={styles.myName}>{session.user.name}</span>
            </span>
            <SignOutButton />
          </>
        )}
      </div>
    </header>
  )
}

/** Nothing of the person stays on this device. */
function SignOutButton() {
  const { words } = useWords()
  const { signOut } = useAppSession()
  const client = useClient()
  const leave = async () => {
    await client.forget()
    signOut()
  }
  return <IconButton icon="signOut" label={words.signOut} onClick={() => void leave()} />
}

interface NavLinkProps {
  href: string
  icon: IconName
  text: string
  badge?: ReactNode
}

function NavLink({ href, icon, text, badge }: NavLinkProps) {
  const isCurrent = usePathname().startsWith(href.slice(0, -1))
  // What may come next does not take the network from what is needed now.
  const isLive = useStore(useClient().connection, ({ synced }) => synced)
  return (
    <Link
      href={href}
      prefetch={isLive ? null : false}
      className={styles.link}
      aria-current={isCurrent ? 'page' : undefined}
    >
      <Icon name={icon} size="s" />
      <span className={styles.linkText}>{text}</span>
      {badge}
    </Link>
  )
}

function Unread() {
  const { words } = useWords()
  const { total } = useUnread()
  useTitle(total)
  if (total === 0) return null
  return (
    <span role="img" aria-label={words.unread(total)} className={styles.badge}>
      {total > 99 ? '99+' : total}
    </span>
  )
}

function LanguageButton() {
  const { locale, setLocale } = useWords()
  const other: Locale = locale === 'en' ? 'ne' : 'en'
  return (
    <button type="button" lang={other} className={styles.language} onClick={() => setLocale(other)}>
      {locales[other]}
    </button>
  )
}
