import { expect, test } from 'vitest'
import schema from '../../../protocol/errors.json'
import { closeCodes, retryableErrors } from './index'

test('errors and close codes are those of the protocol schema', () => {
  expect([...retryableErrors].sort()).toEqual(
    schema.errors
      .filter((error) => error.retryable)
      .map((error) => error.code)
      .sort(),
  )
  expect({ ...closeCodes }).toEqual(
    Object.fromEntries(schema.close_codes.map((close) => [close.name, close.code])),
  )
})
