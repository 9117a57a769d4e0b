import type { ComponentProps } from 'react'
import { classNames } from './classNames'
import { Icon, type IconName } from './Icon'
import styles from './IconButton.module.css'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: IconName
  /** The accessible name, also shown as tooltip. */
  label: string
  variant?: 'quiet' | 'filled'
  size?: 's' | 'm'
}

export function IconButton({
  icon,
  label,
  variant = 'quiet',
  size = 'm',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(styles.button, className)}
      data-variant={variant}
      data-size={size}
    >
      <Icon name={icon} size={size} />
    </button>
  )
}
