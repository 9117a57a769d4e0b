'use client'

import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { Icon, type IconName } from './Icon'
import { IconButton } from './IconButton'
import styles from './Menu.module.css'
import { Popover } from './Popover'

export interface MenuItem {
  label: string
  onSelect: () => void
  icon?: IconName
  /** Items with a symbol share one row at the top. */
  symbol?: string
  isDanger?: boolean
}

export interface MenuProps {
  label: string
  /** A function when they are not worth making before somebody opens the menu. */
  items: readonly MenuItem[] | (() => readonly MenuItem[])
  icon?: IconName
  size?: 's' | 'm'
  buttonRef?: RefObject<HTMLButtonElement | null>
  /** -1 where the thing around it is focusable and opens the menu by a key. */
  tabIndex?: number
  className?: string | undefined
}

export function Menu({
  label,
  items,
  icon = 'more',
  size = 'm',
  tabIndex,
  className,
  buttonRef,
}: MenuProps) {
  const ownRef = useRef<HTMLButtonElement>(null)
  const button = buttonRef ?? ownRef
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  return (
    <>
      <IconButton
        buttonRef={button}
        icon={icon}
        label={label}
        size={size}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen((open) => !open)}
        {...(tabIndex !== undefined && { tabIndex })}
        {...(className && { className })}
      />
      {isOpen && (
        <Popover anchor={button} onClose={close}>
          <MenuItems
            label={label}
            items={typeof items === 'function' ? items() : items}
            onDone={() => {
              close()
              button.current?.focus()
            }}
          />
        </Popover>
      )}
    </>
  )
}

interface MenuItemsProps {
  label: string
  items: readonly MenuItem[]
  onDone: () => void
}

function MenuItems({ label, items, onDone }: MenuItemsProps) {
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => itemsOf(menu.current)[0]?.focus(), [])
  const symbols = items.filter((item) => item.symbol)
  const lines = items.filter((item) => !item.symbol)

  const render = (item: MenuItem) => (
    <button
      key={item.label}
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={item.symbol ? styles.symbol : styles.item}
      data-danger={item.isDanger ?? false}
      aria-label={item.label}
      onClick={() => {
        onDone()
        item.onSelect()
      }}
    >
      {item.symbol ?? (
        <>
          {item.icon && <Icon name={item.icon} size="s" />}
          {item.label}
        </>
      )}
    </button>
  )

  return (
    <div
      ref={menu}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      className={styles.menu}
      onKeyDown={moveFocus}
    >
      {symbols.length > 0 && (
        <div role="none" className={styles.symbols}>
          {symbols.map(render)}
        </div>
      )}
      {lines.map(render)}
    </div>
  )
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
}

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  ArrowLeft: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = steps[event.key]
  if (!step) return
  event.preventDefault()
  const items = itemsOf(event.currentTarget)
  const index = items.indexOf(document.activeElement as HTMLElement)
  items[step(index, items.length)]?.focus()
}
