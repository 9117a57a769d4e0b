'use client'

import type { Attachment } from '../../client'
import { Icon } from '../ui/Icon'
import { safeImage } from '../ui/links'
import { formatDuration, formatSize } from '../ui/time'
import { useWords } from '../words'
import styles from './MessageAttachments.module.css'

export function MessageAttachments({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null
  return (
    <ul className={styles.attachments}>
      {attachments.map((attachment) => (
        <li key={attachment.id}>
          <OneAttachment attachment={attachment} />
        </li>
      ))}
    </ul>
  )
}

const previewTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

function OneAttachment({ attachment }: { attachment: Attachment }) {
  const url = safeImage(attachment.url)
  if (url && attachment.content_type.startsWith('audio/')) {
    return <Voice attachment={attachment} url={url} />
  }
  if (url && previewTypes.has(attachment.content_type)) {
    return <Picture attachment={attachment} url={url} />
  }
  return <FileLink attachment={attachment} url={url} />
}

interface Props {
  attachment: Attachment
  url: string
}

/** The place is reserved by width and height, so that loading does not move the list. */
function Picture({ attachment, url }: Props) {
  const { words } = useWords()
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={words.openAttachment(attachment.name)}
    >
      <img
        src={url}
        alt={attachment.name}
        loading="lazy"
        decoding="async"
        width={attachment.width ?? 320}
        height={attachment.height ?? 240}
        className={styles.picture}
      />
    </a>
  )
}

function Voice({ attachment, url }: Props) {
  const { words } = useWords()
  const length = formatDuration(attachment.duration_ms ?? 0)
  return (
    // biome-ignore lint/a11y/useMediaCaption: voice messages of people have no captions
    <audio
      controls
      preload="none"
      src={url}
      aria-label={words.voiceMessage(length)}
      className={styles.voice}
    />
  )
}

function FileLink({ attachment, url }: { attachment: Attachment; url: string | null }) {
  const { locale } = useWords()
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
    <a href={url} target="_blank" rel="noopener noreferrer" className={styles.file}>
      {content}
    </a>
  )
}
