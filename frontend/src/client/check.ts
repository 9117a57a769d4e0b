/**
 * Checks for bytes from the network. A template says what a value has to look like: a function checks it,
 * anything else is what stands in for a value of another kind. `take` returns the value rebuilt from the
 * fields of the template, or undefined when one that is necessary does not pass. It never throws and
 * never walks into fields it does not know, so that depth, size and strange keys of a hostile value do
 * not matter.
 */
export type Check<Value> = (value: unknown) => Value | undefined
export type Template =
  | Check<unknown>
  | string
  | number
  | boolean
  | null
  | readonly [Template]
  | { readonly [key: string]: Template }

/** null stands for a text that may be absent. */
export type Fitted<T> =
  T extends Check<infer Value>
    ? Exclude<Value, undefined>
    : T extends string
      ? string
      : T extends number
        ? number
        : T extends boolean
          ? boolean
          : T extends null
            ? string | null
            : T extends readonly [infer Item]
              ? readonly Fitted<Item>[]
              : { readonly [Key in keyof T]: Fitted<T[Key]> }

/** Numbers of the protocol are counts and ids: not negative, exact. */
export const int: Check<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined

export const text: Check<string> = (value) => (typeof value === 'string' ? value : undefined)

export function oneOf<const Values extends readonly string[]>(
  ...values: Values
): Check<Values[number]> {
  return (value) => values.find((known) => known === value)
}

/** Takes `fallback` where the value is missing or wrong. */
export function or<const T extends Template, const Fallback>(
  template: T,
  fallback: Fallback,
): Check<Fitted<T> | Fallback> {
  return (value) => take(template, value) ?? fallback
}

export function take<const T extends Template>(template: T, value: unknown): Fitted<T> | undefined
export function take(template: Template, value: unknown): unknown {
  if (typeof template === 'function') return template(value)
  if (template === null) return text(value) ?? null
  if (typeof template === 'number') return int(value) ?? template
  if (typeof template !== 'object') return typeof value === typeof template ? value : template
  if (isList(template)) return isList(value) ? fitItems(template[0], value) : []
  return typeof value === 'object' && value ? fitFields(template, value) : undefined
}

const isList = Array.isArray as (value: unknown) => value is readonly unknown[]

/** Items that do not pass are left out. */
function fitItems(template: unknown, items: readonly unknown[]): unknown[] {
  return items.map((item) => take(template as Template, item)).filter((item) => item !== undefined)
}

function fitFields(template: object, value: object): object | undefined {
  const result: Record<string, unknown> = {}
  for (const [key, wanted] of Object.entries(template)) {
    result[key] = take(wanted as Template, (value as Record<string, unknown>)[key])
    if (result[key] === undefined) return undefined
  }
  return result
}
