/**
 * Checks for bytes from the network. A check returns the value it accepts, rebuilt from the fields it
 * knows, or undefined. It never throws and never walks into fields it does not know, so that depth,
 * size and strange keys of a hostile value do not matter.
 */
export type Check<Value> = (value: unknown) => Value | undefined
type Checked<C> = C extends Check<infer Value> ? Value : never
type Shape = Readonly<Record<string, Check<unknown>>>

/** Numbers of the protocol are counts and ids: not negative, exact. */
export const int: Check<number> = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

export const text: Check<string> = (value) => (typeof value === 'string' ? value : undefined)

export const flag: Check<boolean> = (value) => value === true

export function oneOf<const Values extends readonly string[]>(
  ...values: Values
): Check<Values[number]> {
  return (value) => values.find((known) => known === value)
}

/** Takes `fallback` where the value is missing or wrong. */
export function or<Value, const Fallback>(
  check: Check<Value>,
  fallback: Fallback,
): Check<Value | Fallback> {
  return (value) => check(value) ?? fallback
}

/** Items that do not pass are left out. */
export function list<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value) =>
    Array.isArray(value)
      ? value.map(check).filter((item): item is Value & {} => item !== undefined)
      : []
}

export function object<S extends Shape>(
  shape: S,
): Check<{ readonly [Key in keyof S]: Checked<S[Key]> }> {
  const fields = Object.entries(shape)
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined
    const source = value as Record<string, unknown>
    const result: Record<string, unknown> = {}
    for (const [key, check] of fields) {
      const field = check(source[key])
      if (field === undefined) return undefined
      result[key] = field
    }
    return result as { [Key in keyof S]: Checked<S[Key]> }
  }
}
