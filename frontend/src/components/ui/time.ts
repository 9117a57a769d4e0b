const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, known)
  return known
}

export function formatRelative(at: number, now: number, locale: string, justNow: string): string {
  if (Number.isNaN(at)) return ''
  const age = Math.max(0, now - at)
  if (age < minute) return justNow
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (age < hour) return relative.format(-Math.floor(age / minute), 'minute')
  if (age < day) return relative.format(-Math.floor(age / hour), 'hour')
  if (age < 7 * day) return relative.format(-Math.floor(age / day), 'day')
  return format(locale, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

export function formatTime(at: string, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  return format(locale, { hour: 'numeric', minute: '2-digit' }).format(time)
}

export function formatFullTime(at: string, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  return format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(time)
}

/** The local calendar day, as a key that can be compared. */
export function dayKey(at: string): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

export function formatDay(at: string, now: number, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  const today = new Date(now).setHours(0, 0, 0, 0)
  const days = Math.round((new Date(time).setHours(0, 0, 0, 0) - today) / day)
  if (days === 0 || days === -1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
  }
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' }
  return format(locale, sameYear ? options : { ...options, year: 'numeric' }).format(time)
}

/** The time today, the day this week, else the date: what a list of conversations shows. */
export function formatShort(at: string, now: number, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  if (dayKey(at) === dayKey(new Date(now).toISOString())) return formatTime(at, locale)
  if (now - time < 6 * day) return format(locale, { weekday: 'short' }).format(time)
  return format(locale, { day: 'numeric', month: 'short' }).format(time)
}

export function formatSize(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    // The short form of bytes has no plural.
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value)
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
