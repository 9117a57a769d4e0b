// @vitest-environment happy-dom
import { act, render, screen } from '@testing-library/react'
import { Suspense } from 'react'
import { expect, test, vi } from 'vitest'
import { lazyPart, loadPartsWhenIdle } from './lazyPart'

test('a part that cannot be loaded is nothing, and the rest of the page goes on', async () => {
  const Lost = lazyPart(() => Promise.reject(new Error('no network')))
  const Found = lazyPart(async () => () => <b>found</b>)
  render(
    <Suspense fallback={null}>
      <p>the page</p>
      <Lost />
      <Found />
    </Suspense>,
  )
  expect(await screen.findByText('found')).toBeInTheDocument()
  expect(screen.getByText('the page')).toBeInTheDocument()
})

test('parts are fetched once the page is idle, for times without a network', async () => {
  vi.useFakeTimers()
  const load = vi.fn(async () => () => null)
  lazyPart(load)
  loadPartsWhenIdle()
  loadPartsWhenIdle()
  expect(load).not.toHaveBeenCalled()
  await act(() => vi.advanceTimersByTimeAsync(3_000))
  expect(load).toHaveBeenCalledOnce()
  vi.useRealTimers()
})
