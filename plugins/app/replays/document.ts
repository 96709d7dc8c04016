import type { Collection, Db } from 'mongodb'
import type { ReplayAudio } from '../../../contract/replays.ts'
import type { MixResult } from './mixing/plan.ts'
import type { ReplayCut } from './timeline/kept-times.ts'

export type ReplayFormat = ReplayAudio['format']

/** `waiting`: its audio is to be mixed, or is being mixed. `leaving`: it was removed, but a mixing may still end. */
export type ReplayState = 'waiting' | 'ready' | 'failed' | 'leaving'

/** A mixed replay: its contents, and its files in the storage. */
export interface MixedReplay extends MixResult {
  /** Part of the storage keys. Unguessable, and new for each mixing. */
  version: string
  audio: { format: ReplayFormat; sizeBytes: number }[]
  /** Stints and songs that the audio is made of, also a stint whose bytes were gone. */
  stintIds: string[]
  songIds: string[]
  /** People whose stints the audio has, also those who did not speak. */
  userIds: string[]
  /** Pairs of place and count. */
  reactions: [number, number][]
  mixedAt: Date
}

/** A decision of an operator that a replay is not published, with its reason for the creator. */
export interface ReplayTakedown {
  reason: string
  at: Date
}

/** The replay of a show, in the collection `replays`. */
export interface ReplayDocument {
  /** The show's id. */
  _id: string
  creatorId: string
  state: ReplayState
  /** Number of times that mixing was asked for. A result of an earlier mixing is not stored. */
  asked: number
  /** Stints of the show when mixing was last asked for because of them. */
  stintIds?: string[]
  /** Absent unless the state is `ready`. */
  mixed?: MixedReplay
  /** The rights and stints of `mixed` were not checked yet since it was stored. */
  isUnchecked?: true
  cut: ReplayCut
  /** Chosen by the creator. `publishedSince` says whether others may hear it. */
  publishedAt: Date | null
  /** Set while operators keep the replay from being published. */
  takenDown?: ReplayTakedown
  /** There are captions. */
  hasCaptions: boolean
  /** Number of changes, for conditional updates. */
  version: number
  /** Token of the server that mixes the replay; null when none does. */
  leaseToken: string | null
  /** Time from which another server may take the mixing over. Long past when none works on it. */
  leaseUntil: Date
  /** Number of times that mixing was started since it was asked for. */
  attempts: number
  createdAt: Date
  updatedAt: Date
}

/** Returns since when a replay is published; null for one that is not, or that was taken down. */
export function publishedSince({ publishedAt, takenDown }: Pick<ReplayDocument, 'publishedAt' | 'takenDown'>) {
  return takenDown ? null : publishedAt
}

/** Returns the ids of those of these shows whose replays others may hear now. */
export async function publishedAmong(replays: ReplayTable, showIds: readonly string[]): Promise<Set<string>> {
  const filter = { _id: { $in: [...showIds] }, publishedAt: { $ne: null }, mixed: { $exists: true } }
  const projection = { publishedAt: 1, takenDown: 1, state: 1 }
  const found = await replays.find(filter, { projection }).toArray()
  return new Set(
    found.filter(replay => replay.state !== 'leaving' && publishedSince(replay) !== null).map(({ _id }) => _id)
  )
}

export type ReplayTable = Collection<ReplayDocument>

/** Fields of a replay that no server works on. */
export const noLease = { leaseToken: null, leaseUntil: new Date(0) } as const

/** Storage prefix of all objects of a replay. */
export const folderOf = (showId: string) => `replays/${showId}/`
export const versionFolderOf = (showId: string, version: string) => `${folderOf(showId)}${version}/`
export const audioKey = (showId: string, version: string, format: ReplayFormat) =>
  `${versionFolderOf(showId, version)}replay.${format}`

/** Opens the collection `replays` and creates its indexes. */
export async function openReplays(db: Db): Promise<ReplayTable> {
  const replays = db.collection<ReplayDocument>('replays')
  await replays.createIndex({ state: 1, leaseUntil: 1 })
  await replays.createIndex({ creatorId: 1, publishedAt: -1 })
  await replays.createIndex({ 'mixed.songIds': 1 })
  await replays.createIndex({ 'mixed.userIds': 1 })
  await replays.createIndex({ isUnchecked: 1 }, { sparse: true })
  return replays
}
