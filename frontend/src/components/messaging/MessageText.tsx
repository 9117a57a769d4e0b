import { splitLinks } from '../ui/links'
import styles from './MessageText.module.css'

/** Text is text: nothing in it is markup. Only http, https and mailto become links. */
export function MessageText({ text }: { text: string }) {
  if (text === '') return null
  let at = 0
  return (
    <p
      className={isOnlyEmoji(text) ? styles.emoji : styles.text}
      dir="auto"
      data-tucked={tucksTime(text)}
    >
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

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\u200f\u202b\u202e\u2067]/u

/** The time stands at the end of the last line, unless that line may end on the other side. */
export function tucksTime(text: string): boolean {
  return text !== '' && !isOnlyEmoji(text) && !rightToLeft.test(text)
}

export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && /^(?:\p{Extended_Pictographic}|\p{M}|\u200d|\ufe0f|\s)+$/u.test(text)
}
