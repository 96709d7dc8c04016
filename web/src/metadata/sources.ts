import type { MetadataSource, SongMetadata } from '../../../client/index.ts'

/** Names of the repositories, as people know them. */
export const sourceNames: Readonly<Record<MetadataSource, string>> = {
  tags: 'the file’s tags',
  musicbrainz: 'MusicBrainz',
  discogs: 'Discogs',
  lastfm: 'Last.fm'
}

/** Words with which the terms of a repository want to be named beside its content. */
export const creditTexts: Readonly<Record<MetadataSource, string>> = {
  tags: 'From the file’s tags',
  musicbrainz: 'Data from MusicBrainz',
  discogs: 'Data provided by Discogs',
  lastfm: 'Last.fm, powered by AudioScrobbler'
}

/** Sentences that the terms of a repository want on a page with its content. */
export const notices: Readonly<Partial<Record<MetadataSource, string>>> = {
  discogs:
    'This application uses Discogs’ API but is not affiliated with, sponsored or endorsed by Discogs. “Discogs” is a ' +
    'trademark of Zink Media, LLC.',
  lastfm:
    'Text from Last.fm is written by its users and available under the Creative Commons Attribution-ShareAlike license.'
}

/** Returns the notices of these sources, each once. */
export function noticesOf(sources: readonly MetadataSource[]): string[] {
  return [...new Set(sources)].flatMap(source => notices[source] ?? [])
}

/** Returns the repositories whose values the details of a song show. */
export function sourcesOf({ sources, proposals }: Pick<SongMetadata, 'sources' | 'proposals'>): MetadataSource[] {
  const present = Object.values(sources).flatMap(field => (!field || field.source === 'owner' ? [] : [field.source]))
  return [...present, ...proposals.map(({ source }) => source)]
}

/** Whether an address can be opened from a page: other schemes run code, or open apps. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\/[^\s/]+/i.test(address) && URL.canParse(address)
}
