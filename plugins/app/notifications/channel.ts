import type { Person } from '../../../contract/users.ts'
import type { ChannelName, MessageKind } from './queue/documents.ts'

/** The content of a message. */
export interface MessageContent {
  readonly kind: MessageKind
  readonly showId: string
  readonly title: string
  readonly creator: Person
  /** Address of the page of the show. */
  readonly url: string
  /** The start of the show; the planned one, if it starts soon. */
  readonly at: Date
}

/** A message to one person as a channel delivers it. */
export interface Delivery {
  readonly userId: string
  readonly content: MessageContent
  readonly expiresAt: Date
  /** Addresses of the person that have the message. */
  readonly sentTo: readonly string[]
  /** Keeps that an address has the message. Calls may overlap. */
  onSent(address: string): Promise<void>
  readonly signal: AbortSignal
}

/** Result of an attempt: `noAddress`, the person has no address any more; `again`, some address has no message yet. */
export type DeliveryResult = 'sent' | 'noAddress' | 'failed' | { readonly again: true; readonly waitMs: number }

/** A way to tell people something. */
export interface Channel {
  readonly name: ChannelName
  /** Messages that a node delivers at the same time. */
  readonly maxParallel: number
  /** Returns those of these people who have an address. */
  findReachable(userIds: readonly string[]): Promise<Set<string>>
  deliver(delivery: Delivery): Promise<DeliveryResult>
}
