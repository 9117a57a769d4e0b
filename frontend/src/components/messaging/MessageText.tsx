import { splitLinks } from '../ui/links'
import styles from './MessageText.module.css'

/** Text is text: nothing in it is markup. Only http, https and mailto become links. */
export function MessageText({ text }: { text: string }) {
  if (text === '') return null
  let at = 0
  return (
    <p className={isOnlyEmoji(text) ? styles.emoji : styles.text} dir="auto">
      {splitLinks(text).map((part) => {
        const key = at
        at += part.text.length
        if (!part.href) return part.text
        return (
          <a key={key} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {part.text}
          </a>
        )
      })}
    </p>
  )
}

export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && /^(?:\p{Extended_Pictographic}|\p{M}|\u200d|\ufe0f|\s)+$/u.test(text)
}
