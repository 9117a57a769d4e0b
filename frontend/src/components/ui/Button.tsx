import type { ComponentProps } from 'react'
import styles from './Button.module.css'
import { classNames } from './classNames'
import { Icon, type IconName } from './Icon'

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: 'primary' | 'quiet' | 'outline' | 'danger'
  size?: 's' | 'm'
  icon?: IconName
}

export function Button({
  variant = 'primary',
  size = 'm',
  icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, className)}
      data-variant={variant}
      data-size={size}
    >
      {icon && <Icon name={icon} size="s" />}
      {children}
    </button>
  )
}
