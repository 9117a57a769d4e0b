import type { ComponentProps, Ref } from 'react'
import { classNames } from './classNames'
import { Icon, type IconName } from './Icon'
import styles from './IconButton.module.css'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'ref'> {
  icon: IconName
  /** The accessible name, also shown as tooltip. */
  label: string
  /** A prop of its own, because React 18 passes no `ref` to functions. */
  buttonRef?: Ref<HTMLButtonElement>
  variant?: 'quiet' | 'filled'
  size?: 's' | 'm'
}

export function IconButton({
  icon,
  label,
  variant = 'quiet',
  size = 'm',
  className,
  buttonRef,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      ref={buttonRef}
      className={classNames(styles.button, className)}
      data-variant={variant}
      data-size={size}
    >
      <Icon name={icon} size={size} />
    </button>
  )
}
