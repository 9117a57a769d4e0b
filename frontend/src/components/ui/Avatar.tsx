import type { CSSProperties } from 'react'
import styles from './Avatar.module.css'
import { hueVariable, initialsOf } from './hue'
import { safeImage } from './links'

export interface AvatarProps {
  id: number
  name: string
  image?: string | null
  size?: 's' | 'm' | 'l'
  /** Leave it out where presence is unknown. */
  online?: boolean
}

/** Decoration: the name stands beside it as text. */
export function Avatar({ id, name, image, size = 'm', online }: AvatarProps) {
  const source = safeImage(image)
  return (
    <span
      aria-hidden="true"
      className={styles.avatar}
      data-size={size}
      style={{ '--hue': hueVariable(id) } as CSSProperties}
    >
      {source ? (
        <img src={source} alt="" loading="lazy" className={styles.image} />
      ) : (
        <span className={styles.initials}>{initialsOf(name)}</span>
      )}
      {online !== undefined && <span className={styles.dot} data-online={online} />}
    </span>
  )
}
