/** Counts who needs a thing. A release works once, however often it is called. */
export class Retainers {
  count = 0

  retain(onLast: () => void): () => void {
    let isHeld = true
    this.count += 1
    return () => {
      if (!isHeld) return
      isHeld = false
      this.count -= 1
      if (this.count === 0) onLast()
    }
  }
}
