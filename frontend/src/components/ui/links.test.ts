import { expect, test } from 'vitest'
import { safeHref, safeImage, splitLinks } from './links'

test.each([
  ['https://example.com/a', 'https://example.com/a'],
  ['mailto:asha@example.com', 'mailto:asha@example.com'],
  ['javascript:alert(1)', null],
  ['JaVaScRiPt:alert(1)', null],
  ['data:text/html,<script>1</script>', null],
  ['vbscript:x', null],
  ['file:///etc/passwd', null],
  ['//evil.example', null],
])('%s may be opened: %s', (address, href) => {
  expect(safeHref(address)).toBe(href)
})

test('pictures come from this origin, http(s) or a chosen file', () => {
  expect(safeImage('/media/1.png')).toBe('/media/1.png')
  expect(safeImage('//evil.example/x.png')).toBeNull()
  expect(safeImage('/\\evil.example/x.png')).toBeNull()
  expect(safeImage('data:image/svg+xml,<svg/>')).toBeNull()
  expect(safeImage('mailto:a@b.c')).toBeNull()
})

test('links are found inside a text and the text around them is kept', () => {
  const text = 'See https://sewa.example/s?id=1&x=2. Or mailto:a@b.c, not javascript:alert(1)!'
  const parts = splitLinks(text)
  expect(parts.map((part) => part.text).join('')).toBe(text)
  expect(parts.filter((part) => part.href).map((part) => part.text)).toEqual([
    'https://sewa.example/s?id=1&x=2',
    'mailto:a@b.c',
  ])
})

test('a long hostile text is cut in linear time', () => {
  const text = `${'https://'.repeat(600)}${'a'.repeat(200)}`
  const start = performance.now()
  splitLinks(text)
  expect(performance.now() - start).toBeLessThan(200)
})
