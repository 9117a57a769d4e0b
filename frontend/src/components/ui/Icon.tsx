import styles from './Icon.module.css'

const paths = {
  add: 'M12 5v14M5 12h14',
  alert:
    'M12 8v5m0 3v.01M10.3 4.2 2.9 17a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z',
  archive: 'M4 8h16v11H4zM3 4h18v4H3zm7 8h4',
  attach:
    'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.5 7',
  back: 'm15 5-7 7 7 7',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  bellOff: 'M6 16V11a6 6 0 0 1 9-5.2M18 11v5l1.5 2H7M10 21h4M4 4l16 16',
  chat: 'M4 5h16v11H9l-5 4z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  checks: 'm2 12.5 4.5 4.5L15 8.5M11 16l1 1 9-9.5',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  close: 'm6 6 12 12M18 6 6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 20h14',
  down: 'm6 9 6 6 6-6',
  edit: 'm4 20 1-4L16 5l3 3L8 19zM14 7l3 3',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  globe:
    'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3.5 9h17M3.5 15h17M12 3c3 3 3 15 0 18-3-3-3-15 0-18Z',
  image: 'M4 5h16v14H4zm0 11 5-5 4 4 2-2 5 5M15 9v.01',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  pause: 'M8 5v14M16 5v14',
  pin: 'M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6',
  play: 'M8 5v14l11-7z',
  reply: 'M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1',
  retry: 'M20 11a8 8 0 1 0-2 6M20 5v6h-6',
  search: 'm20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z',
  send: 'M4 12 20 4l-5 16-4-6zM11 14l9-10',
  signOut: 'M10 4H5v16h5M15 8l4 4-4 4M19 12H9',
  quick: 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5',
  smile: 'M8.5 14a4 4 0 0 0 7 0M9 9.5v.01M15 9.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  stop: 'M7 7h10v10H7z',
  sun: 'M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 4.9m14.2 14.2-1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z',
  trash: 'M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13M10.5 11v5m3-5v5',
  wifiOff:
    'M4 4l16 16M8.5 16a5 5 0 0 1 6 -.500M5 12.5a10 10 0 0 1 5-2.7m4 .200a10 10 0 0 1 5 2.5M2 9a15 15 0 0 1 5-3m4-.900A15 15 0 0 1 22 9M12 19.5v.01',
} as const

export type IconName = keyof typeof paths

/** Drawn with the colour of the text around it; says nothing to screen readers. */
export function Icon({ name, size = 'm' }: { name: IconName; size?: 's' | 'm' | 'l' }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={styles.icon} data-size={size}>
      <path d={paths[name]} />
    </svg>
  )
}
