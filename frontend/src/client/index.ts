export type { ErrorCode } from './errors.gen'
export { closeCodes, retryableErrors } from './errors.gen'
export type * from './types'
