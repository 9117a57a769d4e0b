import type { Row } from '../messageGroups'

const estimates: Readonly<Record<Row['kind'], number>> = { day: 52, unread: 40, message: 44 }
const edgePx = 12

/** Heights in pixels of the rows that were measured, by key. */
export type Heights = ReadonlyMap<string, number>

/** Where rows of different heights stand: those that were measured as they are, the others as estimated. */
export class RowLayout {
  readonly rows: readonly Row[]
  readonly #starts: Float64Array
  /** From this row on all stand `#lag` pixels lower than `#starts` says. */
  #tail: number
  #lag = 0

  private constructor(rows: readonly Row[], starts: Float64Array) {
    this.rows = rows
    this.#starts = starts
    this.#tail = rows.length
  }

  static of(rows: readonly Row[], measured: Heights): RowLayout {
    const layout = new RowLayout(rows, new Float64Array(rows.length + 1).fill(edgePx))
    layout.#sum(measured, 0, rows.length)
    return layout
  }

  /**
   * Asks anew for the heights of the rows in [first, end) only; returns how far the row at `distance` moves.
   * A fast scroll asks in each frame: the work is that of these rows and of those since the last time, not of all.
   */
  remeasure(measured: Heights, first: number, end: number, distance: number): number {
    const looked = this.indexAt(distance)
    const before = this.startOf(looked)
    this.#tailFrom(end)
    this.#sum(measured, first, end)
    return this.startOf(looked) - before
  }

  get total(): number {
    return this.startOf(this.rows.length) + edgePx
  }

  /** Also the end of the row before it. */
  startOf(index: number): number {
    const start = this.#starts[index] ?? 0
    return index < this.#tail ? start : start + this.#lag
  }

  /** The row that covers this distance from the top; the nearest one where there is none. */
  indexAt(distance: number): number {
    let low = 0
    let high = Math.max(0, this.rows.length - 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.startOf(middle) <= distance) low = middle
      else high = middle - 1
    }
    return low
  }

  /** How far the row at `distance` has moved from here to the `next` layout. */
  shiftTo(next: RowLayout, distance: number): number {
    const [from, to] = meet(this.rows, next.rows, this.indexAt(distance))
    return next.startOf(to) - this.startOf(from)
  }

  #tailFrom(index: number): void {
    const starts = this.#starts
    for (let at = this.#tail; at < index; at += 1) starts[at] = (starts[at] ?? 0) + this.#lag
    for (let at = index; at < this.#tail; at += 1) starts[at] = (starts[at] ?? 0) - this.#lag
    this.#tail = index
  }

  /** The tail begins at `end`. */
  #sum(measured: Heights, first: number, end: number): void {
    let start = this.startOf(first)
    for (let index = first; index < end; index += 1) {
      this.#starts[index] = start
      const row = this.rows[index]
      if (row) start += measured.get(row.key) ?? estimates[row.kind]
    }
    this.#lag += start - this.startOf(end)
  }
}

const lookAheadMax = 20

/** By how many places the row at `index` has moved. */
export function movedBy(before: readonly Row[], after: readonly Row[], index: number): number {
  const [from, to] = meet(before, after, index)
  return to - from
}

/** Where the row at `index`, or the next one that is still there, was and is. */
function meet(before: readonly Row[], after: readonly Row[], index: number): [number, number] {
  for (let at = index; at < Math.min(before.length, index + lookAheadMax); at += 1) {
    const key = before[at]?.key
    if (after[at]?.key === key) return [at, at]
    const found = after.findIndex((row) => row.key === key)
    if (found >= 0) return [at, found]
  }
  return [index, index]
}
