import type { Row } from '../messageGroups'

const estimates: Readonly<Record<Row['kind'], number>> = { day: 52, unread: 40, message: 44 }
const edgePx = 12

/** Heights in pixels of the rows that were measured, by key. */
export type Heights = ReadonlyMap<string, number>

/** Where rows of different heights stand: those that were measured as they are, the others as estimated. */
export class RowLayout {
  readonly rows: readonly Row[]
  readonly #heights: Float64Array
  readonly #starts: Float64Array

  private constructor(rows: readonly Row[], heights: Float64Array) {
    this.rows = rows
    this.#heights = heights
    this.#starts = new Float64Array(rows.length + 1)
    let end = edgePx
    heights.forEach((height, index) => {
      this.#starts[index] = end
      end += height
    })
    this.#starts[rows.length] = end
  }

  static of(rows: readonly Row[], measured: Heights): RowLayout {
    return new RowLayout(
      rows,
      Float64Array.from(rows, (row) => heightOf(row, measured)),
    )
  }

  /** Asks anew for the heights of the rows in [first, end) only: a fast scroll measures some in each frame. */
  remeasured(measured: Heights, first: number, end: number): RowLayout {
    const heights = this.#heights.slice()
    this.rows.slice(first, end).forEach((row, offset) => {
      heights[first + offset] = heightOf(row, measured)
    })
    return new RowLayout(this.rows, heights)
  }

  get total(): number {
    return this.startOf(this.rows.length) + edgePx
  }

  /** Also the end of the row before it. */
  startOf(index: number): number {
    return this.#starts[index] ?? 0
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

function heightOf({ key, kind }: Row, measured: Heights): number {
  return measured.get(key) ?? estimates[kind]
}
