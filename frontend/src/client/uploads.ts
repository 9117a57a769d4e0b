import { readFailure } from './api'
import { take } from './check'
import { type Credentials, isSignInError, RequestError, toClientError } from './credentials'
import { attachment, parseJson } from './frames'
import { Store } from './store'
import type { Attachment, ClientError } from './types'

export interface Upload {
  readonly key: string
  readonly name: string
  readonly size: number
  readonly type: string
  readonly file: File
  readonly fields: UploadFields
  /** 0 to 1. */
  readonly progress: number
  readonly status: 'uploading' | 'done' | 'failed'
  readonly attachment: Attachment | null
  readonly error: ClientError | null
}

export interface UploadAnswer {
  readonly status: number
  readonly text: string
}

/** What only the sender knows: for sound `duration_ms` and `waveform`, as JSON. */
export type UploadFields = Readonly<Record<string, number | string>>

/** Sends one file. Rejects when there is no answer or the signal aborts. */
export type SendFile = (
  url: string,
  file: Blob,
  name: string,
  token: string | null,
  onProgress: (progress: number) => void,
  signal: AbortSignal,
  fields: UploadFields,
) => Promise<UploadAnswer>

export interface UploadsOptions {
  readonly url: string
  readonly credentials: Credentials
  readonly send?: SendFile
  readonly bytesMax?: number
}

const bytesMaxDefault = 5 * 1024 * 1024
/** As many as one message may carry. */
export const uploadsMax = 10

/** Files on their way to become attachments. */
export class Uploads {
  readonly state = new Store<readonly Upload[]>([])
  readonly #options: UploadsOptions
  readonly #running = new Map<string, AbortController>()
  #count = 0

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  readonly add = (files: Iterable<File>, fields: UploadFields = {}): void => {
    for (const file of files) {
      if (this.state.getSnapshot().length >= uploadsMax) return
      const key = `u${++this.#count}`
      const { name, size, type } = file
      const upload = { ...fresh, key, name, size, type, file, fields }
      this.state.set([...this.state.getSnapshot(), upload])
      void this.#run(upload)
    }
  }

  readonly cancel = (key: string): void => {
    this.#running.get(key)?.abort()
    this.#running.delete(key)
    this.state.set(this.state.getSnapshot().filter((upload) => upload.key !== key))
  }

  readonly retry = (key: string): void => {
    const upload = this.#change(key, fresh)
    if (upload) void this.#run(upload)
  }

  /** The finished attachments; the list is empty afterwards. */
  readonly take = (): readonly Attachment[] => {
    const uploads = this.state.getSnapshot()
    for (const { key } of uploads) this.cancel(key)
    return uploads.flatMap((upload) => (upload.attachment ? [upload.attachment] : []))
  }

  async #run({ key, file, fields }: Upload): Promise<void> {
    const abort = new AbortController()
    this.#running.set(key, abort)
    try {
      this.#check(file)
      const onProgress = (progress: number) => this.#change(key, { progress })
      const done = await this.#send(file, fields, abort.signal, onProgress)
      this.#change(key, { status: 'done', progress: 1, attachment: done })
    } catch (reason) {
      if (!abort.signal.aborted) {
        this.#change(key, { status: 'failed', error: toClientError(reason) })
      }
    }
  }

  #check(file: File): void {
    const bytesMax = this.#options.bytesMax ?? bytesMaxDefault
    if (file.size <= bytesMax) return
    const message = `The file is larger than ${Math.floor(bytesMax / 1024 / 1024)} MB.`
    throw new RequestError({ code: 'too_large', message, retryable: false })
  }

  async #send(
    file: File,
    fields: UploadFields,
    signal: AbortSignal,
    onProgress: (progress: number) => void,
    isRepeated = false,
  ): Promise<Attachment> {
    const { url, credentials, send = sendByPart } = this.#options
    const token = await credentials.get()
    const answer = await send(url, file, file.name, token, onProgress, signal, fields)
    const done = take(attachment, parseJson(answer.text))
    if (answer.status < 300 && done) return done
    const failed = { status: answer.status, headers: new Headers() }
    const error = readFailure(failed, parseJson(answer.text))
    if (!isSignInError(error) || isRepeated) throw new RequestError(error)
    credentials.expire(token)
    return this.#send(file, fields, signal, onProgress, true)
  }

  #change(key: string, change: Partial<Upload>): Upload | undefined {
    const uploads = this.state.getSnapshot()
    const index = uploads.findIndex((upload) => upload.key === key)
    const upload = uploads[index]
    if (upload) this.state.set(uploads.with(index, { ...upload, ...change }))
    return upload
  }
}

const fresh = { progress: 0, status: 'uploading', attachment: null, error: null } as const

const sendByPart: SendFile = async (...upload) => (await import('./sendFile')).sendFile(...upload)
