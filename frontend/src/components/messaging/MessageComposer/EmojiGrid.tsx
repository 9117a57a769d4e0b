'use client'

import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useWords } from '../../words'
import styles from './EmojiGrid.module.css'

const columns = 8
const emojis =
  '😀 😂 😊 😍 😎 🤔 😅 😢 😮 😡 🥳 😴 🙏 👍 👎 👏 🙌 💪 🤝 👋 ✌️ 👌 ❤️ 🧡 💚 💙 🎉 🔥 ⭐ ✅ ❌ ❓ 🏠 🧹 🧼 🔧 🔨 🪛 🚿 💡 🍛 ☕ 🍚 🥘 📅 ⏰ 📍 📞 🚲 🚗 🛵 🚌 💰 🧾 📦 📷 🌸 🌞 🌧️ 🏔️ 🕉️ 🪔 🇳🇵 🐕'.split(
    ' ',
  )

export function EmojiGrid({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { words } = useWords()
  const grid = useRef<HTMLDivElement>(null)
  useEffect(() => grid.current?.querySelector('button')?.focus(), [])
  return (
    <div
      ref={grid}
      role="dialog"
      aria-label={words.chooseEmoji}
      className={styles.grid}
      onKeyDown={moveFocus}
    >
      {emojis.map((emoji, index) => (
        <button
          key={emoji}
          type="button"
          tabIndex={index === 0 ? 0 : -1}
          className={styles.emoji}
          onClick={() => onChoose(emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  )
}

const steps: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: columns,
  ArrowUp: -columns,
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = steps[event.key]
  if (step === undefined) return
  event.preventDefault()
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const index = buttons.indexOf(document.activeElement as HTMLButtonElement)
  buttons[index + step]?.focus()
}
