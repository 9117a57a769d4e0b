const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

type Say = (english: string) => string
const spoken = new Map<string, Say>()

/** For browsers that know no dates of a language: `say` turns the British ones into it. */
export function speak(locale: string, say: Say): void {
  if (Intl.DateTimeFormat.supportedLocalesOf(locale).length === 0) spoken.set(locale, say)
}

function localized(locale: string, make: (locale: string) => string): string {
  const say = spoken.get(locale)
  return say ? say(make('en-GB')) : make(locale)
}

type Options = Readonly<Intl.DateTimeFormatOptions>
const formats = new WeakMap<Options, Map<string, Intl.DateTimeFormat>>()

/** Kept for as long as the options: these are to be constants. */
function format(locale: string, options: Options): Intl.DateTimeFormat {
  const known = formats.get(options) ?? new Map<string, Intl.DateTimeFormat>()
  formats.set(options, known)
  const made = known.get(locale) ?? new Intl.DateTimeFormat(locale, options)
  known.set(locale, made)
  return made
}

const date: Options = { day: 'numeric', month: 'short', year: 'numeric' }
const monthAndDay: Options = { day: 'numeric', month: 'short' }
const hourAndMinute: Options = { hour: 'numeric', minute: '2-digit' }
const full: Options = { dateStyle: 'full', timeStyle: 'short' }
const dayOfWeek: Options = { weekday: 'short' }
const longDay: Options = { weekday: 'long', day: 'numeric', month: 'long' }
const longDayAndYear: Options = { ...longDay, year: 'numeric' }

export function formatRelative(at: number, now: number, locale: string, justNow: string): string {
  if (Number.isNaN(at)) return ''
  const age = Math.max(0, now - at)
  return age < minute ? justNow : localized(locale, (known) => relative(at, age, known))
}

function relative(at: number, age: number, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (age < hour) return words.format(-Math.floor(age / minute), 'minute')
  if (age < day) return words.format(-Math.floor(age / hour), 'hour')
  if (age < 7 * day) return words.format(-Math.floor(age / day), 'day')
  return format(locale, date).format(at)
}

export function formatTime(at: string, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  return localized(locale, (known) => format(known, hourAndMinute).format(time))
}

export function formatFullTime(at: string, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  return localized(locale, (known) => format(known, full).format(time))
}

/** The local calendar day, as a key that can be compared. */
export function dayKey(at: string): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}

export function formatDay(at: string, now: number, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  return localized(locale, (known) => dayOf(time, now, known))
}

function dayOf(time: number, now: number, locale: string): string {
  const today = new Date(now).setHours(0, 0, 0, 0)
  const days = Math.round((new Date(time).setHours(0, 0, 0, 0) - today) / day)
  if (days === 0 || days === -1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
  }
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return format(locale, sameYear ? longDay : longDayAndYear).format(time)
}

/** The time today, the day this week, else the date: what a list of conversations shows. */
export function formatShort(at: string, now: number, locale: string): string {
  const time = Date.parse(at)
  if (Number.isNaN(time)) return ''
  if (dayKey(at) === dayKey(new Date(now).toISOString())) return formatTime(at, locale)
  const isRecent = now - time < 6 * day
  const options = isRecent ? dayOfWeek : monthAndDay
  return localized(locale, (known) => format(known, options).format(time))
}

export function formatSize(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const options = {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    // The short form of bytes has no plural.
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  } as const
  return localized(locale, (known) => new Intl.NumberFormat(known, options).format(value))
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
