import type { MetadataSource } from '../../../contract/metadata.ts'

/**
 * Time after which content of a source may not be shown, ms; null when it may always be. Discogs: "You may not display
 * in any format or to any audience the Content if it is more than six (6) hours older than the information on Our
 * online properties": https://support.discogs.com/hc/en-us/articles/360009334593-API-Terms-of-Use
 */
export const showForMsOf: Readonly<Record<MetadataSource, number | null>> = {
  tags: null,
  musicbrainz: null,
  discogs: 6 * 3_600_000,
  lastfm: null
}

/** A song as a repository is asked for it. */
export interface SongQuestion {
  readonly title: string
  readonly artist: string | null
  readonly album: string | null
  /** Length of the recording, ms; 0 when unknown. */
  readonly durationMs: number
}

/** A song that a repository knows. Texts are as the repository sent them: callers clean them. */
export interface FoundSong {
  readonly title: string | null
  readonly artist: string | null
  readonly album: string | null
  readonly year: number | null
  /** Page where people can hear or buy the song; not the page of the repository. */
  readonly link: string | null
  /** Page of the repository with this content, for attribution. */
  readonly url: string | null
  /** Id of the artist in the repository; null when it has none. */
  readonly artistId: string | null
  /** Likeness to the question, from 0 to 1. */
  readonly score: number
}

/** An artist that a repository knows. Texts are as the repository sent them: callers clean them. */
export interface FoundArtist {
  readonly name: string
  readonly url: string | null
  readonly about: string | null
  readonly genres: readonly string[]
  readonly area: string | null
  readonly beginYear: number | null
  readonly endYear: number | null
  readonly links: ReadonlyArray<{ readonly label: string; readonly address: string }>
}

/**
 * A repository did not answer: it is away, it asked to wait, its answer has another form, or the shared limit cannot be
 * counted. It may answer later.
 */
export class RepositoryUnavailable extends Error {
  /** Time to wait before the next question, ms; undefined when the repository named none. */
  readonly retryAfterMs: number | undefined

  /** False when no call went out: the question waits, and nothing is known about the repository. */
  readonly wasAsked: boolean

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | undefined; wasAsked?: boolean } = {}) {
    super(message, options)
    this.name = 'RepositoryUnavailable'
    this.retryAfterMs = options.retryAfterMs
    this.wasAsked = options.wasAsked ?? true
  }
}

/** A repository of metadata. Its calls wait for their turn in the limits of the repository, over all nodes together. */
export interface MetadataRepository {
  readonly name: MetadataSource
  /** Time after which content of the repository may not be shown, ms; null when it may always be. */
  readonly showForMs: number | null
  /** Returns what matches a song, best first; an empty list when nothing does. Throws RepositoryUnavailable. */
  find(song: SongQuestion, signal: AbortSignal): Promise<FoundSong[]>
  /** Returns an artist by its id in the repository; null when there is none. Throws RepositoryUnavailable. */
  artist(id: string, signal: AbortSignal): Promise<FoundArtist | null>
  /** Time until a call would go out without waiting, ms: background tasks use it to leave the rate to people. */
  spareInMs(): Promise<number>
}
