import { type RefObject, useLayoutEffect } from 'react'

/** The field is as high as its text. */
export function useAutoGrow(input: RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const element = input.current
    if (!element) return
    element.style.blockSize = 'auto'
    element.style.blockSize = text === '' ? '' : `${element.scrollHeight}px`
  }, [input, text])
}
