'use client'

import { useRouter } from 'next/navigation'
import type { CSSProperties } from 'react'
import type { DemoService } from '@/client'
import { ContactButton, OnlineStatus } from '@/components/messaging'
import { Avatar } from '@/components/ui/Avatar'
import { EmptyState } from '@/components/ui/EmptyState'
import { hueVariable } from '@/components/ui/hue'
import { useWords } from '@/components/words'
import { useAppSession } from '../_shell/SessionProvider'
import { SignedIn } from '../_shell/SignedIn'
import { useDemo } from '../_shell/useDemo'
import styles from './Services.module.css'

export function Services() {
  return (
    <SignedIn>
      <Catalogue />
    </SignedIn>
  )
}

function Catalogue() {
  const { words } = useWords()
  const demo = useDemo()
  if (demo === null || demo?.services.length === 0) {
    return <EmptyState icon="search" title={words.services.none} />
  }
  return (
    <div className={styles.page}>
      <h1>{words.services.title}</h1>
      <p className={styles.lead}>{words.services.lead}</p>
      <ul className={styles.grid} aria-busy={demo === undefined}>
        {demo?.services.map((service) => (
          <li key={service.id}>
            <ServiceCard service={service} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function ServiceCard({ service }: { service: DemoService }) {
  const { words } = useWords()
  const { session } = useAppSession()
  const router = useRouter()
  const { provider } = service
  const isOwn = provider?.id === session?.user.id
  return (
    <article
      className={styles.card}
      style={{ '--hue': hueVariable(service.id) } as CSSProperties}
      aria-labelledby={`service-${service.id}`}
    >
      <p className={styles.category}>{service.category}</p>
      <h2 id={`service-${service.id}`} className={styles.title} dir="auto">
        {service.title}
      </h2>
      {provider && (
        <div className={styles.provider}>
          <Avatar id={provider.id} name={provider.name} image={provider.avatar} size="s" />
          <span className={styles.providerText}>
            <span dir="auto">{words.services.by(provider.name)}</span>
            {!isOwn && <OnlineStatus userId={provider.id} />}
          </span>
        </div>
      )}
      <footer className={styles.footer}>
        <span className={styles.price}>
          {service.price ? words.services.from(service.price) : words.services.onRequest}
        </span>
        {isOwn && <span className={styles.own}>{words.services.own}</span>}
        {provider && !isOwn && (
          <ContactButton
            service={service}
            provider={provider}
            onContacted={(id) => router.push(`/messages/?conversation=${id}`)}
          />
        )}
      </footer>
    </article>
  )
}
