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

  /** Takes both arrays over; `starts` holds up to the row `from`. Plain loops: a fast scroll makes one in each frame. */
  private constructor(
    rows: readonly Row[],
    heights: Float64Array,
    starts: Float64Array,
    from: number,
  ) {
    this.rows = rows
    this.#heights = heights
    this.#starts = starts
    let end = starts[from] ?? edgePx
    for (let index = from; index < heights.length; index += 1) {
      starts[index] = end
      end += heights[index] ?? 0
    }
    starts[heights.length] = end
  }

  static of(rows: readonly Row[], measured: Heights): RowLayout {
    const heights = new Float64Array(rows.length)
    measure(heights, rows, measured, 0, rows.length)
    const starts = new Float64Array(rows.length + 1)
    starts[0] = edgePx
    return new RowLayout(rows, heights, starts, 0)
  }

  /** Asks anew for the heights of the rows in [first, end) only. */
  remeasured(measured: Heights, first: number, end: number): RowLayout {
    const heights = this.#heights.slice()
    measure(heights, this.rows, measured, first, end)
    return new RowLayout(this.rows, heights, this.#starts.slice(), first)
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

function measure(
  heights: Float64Array,
  rows: readonly Row[],
  measured: Heights,
  first: number,
  end: number,
): void {
  for (let index = first; index < end; index += 1) {
    const row = rows[index]
    if (row) heights[index] = measured.get(row.key) ?? estimates[row.kind]
  }
}
