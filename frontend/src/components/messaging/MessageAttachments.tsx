'use client'

import { type CSSProperties, Suspense, useState } from 'react'
import type { Attachment } from '../../client'
import { Icon } from '../ui/Icon'
import { lazyPart } from '../ui/lazyPart'
import { safeImage } from '../ui/links'
import { formatSize } from '../ui/time'
import { useWords } from '../words'
import styles from './MessageAttachments.module.css'

const PictureViewer = lazyPart(async () => (await import('./PictureViewer')).PictureViewer)
const VoicePlayer = lazyPart(async () => (await import('./voice/VoicePlayer')).VoicePlayer)

export function MessageAttachments({ attachments }: { attachments: readonly Attachment[] }) {
  const [viewed, view] = useState<number | null>(null)
  if (attachments.length === 0) return null
  const pictures = attachments.filter(isPicture)
  return (
    <>
      <ul className={styles.attachments}>
        {attachments.map((attachment) => (
          <li key={attachment.id}>
            <OneAttachment
              attachment={attachment}
              onView={() => view(pictures.indexOf(attachment))}
            />
          </li>
        ))}
      </ul>
      {viewed !== null && (
        <Suspense fallback={null}>
          <PictureViewer
            pictures={pictures}
            index={viewed}
            onIndex={view}
            onClose={() => view(null)}
          />
        </Suspense>
      )}
    </>
  )
}

const previewTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

function isPicture({ url, content_type }: Attachment): boolean {
  return safeImage(url) !== null && previewTypes.has(content_type)
}

interface OneProps {
  attachment: Attachment
  onView: () => void
}

function OneAttachment({ attachment, onView }: OneProps) {
  const url = safeImage(attachment.url)
  if (url && attachment.content_type.startsWith('audio/')) {
    return (
      <Suspense fallback={<div className={styles.voice} />}>
        <VoicePlayer attachment={attachment} url={url} />
      </Suspense>
    )
  }
  if (url && isPicture(attachment)) {
    return <Picture attachment={attachment} url={url} onView={onView} />
  }
  return <FileLink attachment={attachment} url={url} />
}

interface Props {
  attachment: Attachment
  url: string
}

const smallPreview = /^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/=]{1,8000}$/

interface PictureProps extends Props {
  onView: () => void
}

/** The place is reserved by width and height, so that loading does not move the list. */
function Picture({ attachment, url, onView }: PictureProps) {
  const { words } = useWords()
  const { name, width, height, preview } = attachment
  const background = smallPreview.test(preview ?? '') ? `url("${preview}")` : undefined
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      aria-haspopup="dialog"
      aria-label={words.picture.view(name)}
      className={styles.frame}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        onView()
      }}
    >
      <img
        src={url}
        alt={name}
        loading="lazy"
        decoding="async"
        width={width ?? 320}
        height={height ?? 240}
        className={styles.picture}
        style={{ backgroundImage: background } as CSSProperties}
      />
    </a>
  )
}

function FileLink({ attachment, url }: { attachment: Attachment; url: string | null }) {
  const { words, locale } = useWords()
  const content = (
    <>
      <Icon name="file" />
      <span className={styles.name} dir="auto">
        {attachment.name}
      </span>
      <span className={styles.size}>{formatSize(attachment.size, locale)}</span>
    </>
  )
  if (!url) return <span className={styles.file}>{content}</span>
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      title={words.picture.download(attachment.name)}
      className={styles.file}
    >
      {content}
      <Icon name="download" size="s" />
    </a>
  )
}
