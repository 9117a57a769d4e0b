/**
 * The vocabulary of the client. Data that comes from the server keeps the names of docs/PROTOCOL.md
 * (snake_case); what only exists in the browser is camelCase. Everything here is immutable: a changed
 * thing is a new object, an unchanged one keeps its identity, so `===` tells whether to render.
 */
import type { ErrorCode } from './errors.gen'

declare const flavor: unique symbol
/** A number that is not mixed up with other ids, while a plain number is still accepted. */
type Id<Name extends string> = number & { readonly [flavor]?: Name }

export type UserId = Id<'user'>
export type ConversationId = Id<'conversation'>
export type MessageId = Id<'message'>
export type AttachmentId = Id<'attachment'>
export type ServiceId = Id<'service'>

export type Role = 'customer' | 'provider' | 'staff'

export interface Person {
  readonly id: UserId
  readonly name: string
  readonly full_name: string
  readonly first_name: string
  readonly last_name: string
  readonly avatar: string | null
  readonly role: Role
}

export interface Service {
  readonly id: ServiceId
  readonly title: string
  readonly category: string
  readonly slug: string
  readonly price: string | null
}

export interface Attachment {
  readonly id: AttachmentId
  readonly url: string
  readonly name: string
  readonly content_type: string
  readonly size: number
  readonly width: number | null
  readonly height: number | null
  readonly duration_ms: number | null
  /** Loudness over time, each 0 to 100; empty for everything but sound. */
  readonly waveform: readonly number[]
  /** A very small picture as a `data:` address, shown until the real one is there. */
  readonly preview: string | null
}

export interface Reaction {
  readonly emoji: string
  readonly user_ids: readonly UserId[]
}

export type MessageType = 'text' | 'image' | 'file' | 'voice' | 'system' | 'deleted'

/**
 * `queued` waits for its turn or for a connection · `sending` is on its way · `unknown` was sent, the
 * connection ended before the answer; it is repeated with the same key · `failed` was refused and waits
 * for the person · `sent` is on the server's disk · `delivered` and `read`: by all others.
 */
export type MessageStatus =
  | 'queued'
  | 'sending'
  | 'unknown'
  | 'failed'
  | 'sent'
  | 'delivered'
  | 'read'

export interface Message {
  /** The same from the optimistic copy to the confirmed message: use it as React key. */
  readonly key: string
  /** null until the server has stored it. */
  readonly id: MessageId | null
  readonly conversation_id: ConversationId
  /** The number of the message in its conversation; null until the server has stored it. */
  readonly conv_seq: number | null
  readonly client_msg_id: string | null
  readonly content: string
  /** Equal to `content`. */
  readonly text: string
  readonly sender: Person
  readonly is_own: boolean
  readonly message_type: MessageType
  readonly status: MessageStatus
  readonly error: ClientError | null
  readonly reply_to: MessageId | null
  readonly attachments: readonly Attachment[]
  readonly reactions: readonly Reaction[]
  readonly is_deleted: boolean
  readonly edited_at: string | null
  /** Rises with every edit. */
  readonly rev: number
  readonly created_at: string
  /** Equal to `created_at`. */
  readonly timestamp: string
}

export interface ReadMarker {
  readonly user_id: UserId
  /** The `conv_seq` up to which this person has read or received. */
  readonly read_up_to: number
  readonly delivered_up_to: number
}

export interface Conversation {
  readonly id: ConversationId
  readonly kind: 'direct' | 'group'
  readonly title: string
  readonly participants: readonly Person[]
  readonly service: Service | null
  readonly provider: Person | null
  readonly customer: Person | null
  /** The partner in a direct conversation, null in a group. */
  readonly other_participant: Person | null
  readonly created_at: string
  readonly updated_at: string
  readonly last_message_at: string | null
  readonly last_message_preview: string
  readonly is_active: boolean
  readonly is_blocked: boolean
  readonly is_archived: boolean
  readonly is_pinned: boolean
  readonly is_muted: boolean
  readonly unread_count: number
  readonly last_conv_seq: number
  readonly read_up_to: number
  readonly delivered_up_to: number
  readonly read_markers: readonly ReadMarker[]
}

export interface Presence {
  readonly user_id: UserId
  readonly user_name: string
  readonly is_online: boolean
  readonly last_seen: string | null
}

export interface Typist {
  readonly user_id: UserId
  readonly user_name: string
}

/** `network`: no answer · `aborted`: cancelled here · everything else in the words of the protocol. */
export interface ClientError {
  readonly code: ErrorCode | 'network' | 'aborted'
  readonly message: string
  readonly retryable: boolean
  readonly field?: string
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number
}

/**
 * `connecting` first attempt · `connected` live · `reconnecting` waits or tries again by itself ·
 * `offline` the device has no network or the page is hidden; wakes by itself · `api_only` WebSocket is
 * blocked, messages travel by REST · `disconnected` not started or stopped by the app · `error` stopped
 * for a reason that only a person or new credentials can change (see `error`).
 */
export type ConnectionStatus =
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  | 'offline'
  | 'api_only'
  | 'disconnected'
  | 'error'

export interface ConnectionInfo {
  readonly status: ConnectionStatus
  /** True after the missed events have arrived: what is on screen is up to date. */
  readonly synced: boolean
  /** This tab owns the socket; the other tabs of the browser share it. */
  readonly isLeader: boolean
  readonly userId: UserId | null
  readonly attempt: number
  /** When the next attempt is due, in milliseconds of the clock; null when none is planned. */
  readonly retryAt: number | null
  readonly latencyMs: number | null
  /** How often the connection was opened again since the client started. */
  readonly reconnects: number
  readonly closeCode: number | null
  readonly error: ClientError | null
}

export interface Timeline {
  /** Oldest first; own messages that are not stored yet come last, in the order they were written. */
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  readonly isLoading: boolean
  readonly error: ClientError | null
}

export interface ConversationList {
  /** Pinned first, then newest activity. Archived ones are included; filter by `is_archived`. */
  readonly conversations: readonly Conversation[]
  readonly isLoading: boolean
  readonly hasMore: boolean
  readonly error: ClientError | null
}

/** A value that changes over time. Both functions can be passed around without their object. */
export interface ReadableStore<State> {
  /** The same object until something changed. */
  readonly getSnapshot: () => State
  readonly subscribe: (listener: () => void) => () => void
}
