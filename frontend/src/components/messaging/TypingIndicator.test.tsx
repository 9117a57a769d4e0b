// @vitest-environment happy-dom
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { violationsIn } from '@/test/axe'
import { gradientOf } from './TypingBubble'
import { TypingIndicatorView } from './TypingIndicator'

const people = ['Asha', 'Bina', 'Chandra', 'Dolma', 'Ekta'].map((user_name, index) => ({
  user_id: index + 1,
  user_name,
}))

test.each([
  [0, ''],
  [1, 'Asha is typing…'],
  [2, 'Asha and Bina are typing…'],
  [3, 'Asha, Bina and Chandra are typing…'],
  [5, 'Asha, Bina and 3 others are typing…'],
])('announces %i typists politely', async (count, sentence) => {
  const { container } = render(<TypingIndicatorView typists={people.slice(0, count)} />)
  const status = screen.getByRole('status')
  expect(status).toHaveTextContent(sentence)
  expect(status).toHaveAttribute('aria-live', 'polite')
  expect(await violationsIn(container)).toEqual([])
})

test('the live region stays when the last typist stops, so that the end is announced too', () => {
  const { rerender } = render(<TypingIndicatorView typists={people.slice(0, 1)} />)
  const status = screen.getByRole('status')
  rerender(<TypingIndicatorView typists={[]} />)
  expect(screen.getByRole('status')).toBe(status)
  expect(status).toHaveTextContent('')
})

test('several typists are told apart by the colours of one gradient', () => {
  const style = gradientOf(people.slice(0, 2)) as Record<string, string>
  expect(style['--typing-gradient']).toContain('var(--typist-2), var(--typist-3)')
  const many = gradientOf(people) as Record<string, string>
  expect(many['--typing-gradient']?.match(/--typist/g)).toHaveLength(4)
})

test('a name is text, whatever it contains', () => {
  render(<TypingIndicatorView typists={[{ user_id: 1, user_name: '<img src=x onerror=1>' }]} />)
  expect(screen.getByRole('status')).toHaveTextContent('<img src=x onerror=1> is typing…')
  expect(document.querySelector('img')).toBeNull()
})
