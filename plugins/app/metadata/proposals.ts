import { createHash } from 'node:crypto'
import {
  maxProposals,
  metadataFields,
  type MetadataProposal,
  type MetadataSource,
  type SongMetadata
} from '../../../contract/metadata.ts'
import type { SongDocument } from '../songs/document.ts'
import { questionOf } from '../songs/song-fields.ts'
import { timesOf, type Answers, type Fetched } from './answers.ts'
import type { FoundSong, MetadataRepository } from './metadata-repository.ts'

/** A proposal with the artist that it names. */
export interface Match {
  proposal: MetadataProposal
  /** Identity of the match, which stays the same when its values change. */
  key: string
  artistId: string | null
}

/** The answers of repositories about a song. */
export interface Proposals {
  /** Matches that were not rejected, best first, also those whose values the song has already. */
  matches: Match[]
  /** Proposals as the owner sees them. */
  proposals: MetadataProposal[]
  repositories: SongMetadata['repositories']
}

export interface ProposalFinderParts {
  repositories: readonly MetadataRepository[]
  answers: Pick<Answers, 'findSongs' | 'findSongsOfEach'>
}

export type ProposalFinder = ReturnType<typeof createProposalFinder>

/** Matches below this score are not proposed. */
const minScore = 0.4
const keyLength = 12
const idLength = 20

/** Returns the question that repositories are asked about a song. */
export const questionAbout = (song: SongDocument) => song.question ?? questionOf(song)

/** Finds proposals for songs in what the repositories that are on have answered. Asks nobody. */
export function createProposalFinder({ repositories, answers }: ProposalFinderParts) {
  function proposalsOf(song: SongDocument, songAnswers: ReadonlyArray<Fetched<FoundSong[]> | undefined>): Proposals {
    const found = repositories.map((repository, index) => ({
      repository,
      name: repository.name,
      answer: songAnswers[index]
    }))
    const matches = found
      .flatMap(({ repository, name, answer }) =>
        (answer?.value ?? [])
          .filter(value => isProposable(name, value, song.rejected))
          .map(value => matchOf(repository, value, answer?.fetchedAt))
      )
      .sort((a, b) => b.proposal.score - a.proposal.score)
    const proposals = matches.flatMap(({ proposal }) => newValuesOf(proposal, song) ?? [])
    return {
      matches,
      proposals: proposals.slice(0, maxProposals),
      repositories: found.map(({ name, answer }) => ({
        name,
        state: answer ? 'answered' : song.failedSources?.includes(name) ? 'unavailable' : 'waiting'
      }))
    }
  }

  return {
    /** Returns the proposals for a song. */
    async find(song: SongDocument): Promise<Proposals> {
      const question = questionAbout(song)
      return proposalsOf(
        song,
        await Promise.all(repositories.map(async repository => await answers.findSongs(repository, question)))
      )
    },

    /** Returns songs with their proposals, which are read together. */
    async findForEach(songs: readonly SongDocument[]): Promise<{ song: SongDocument; found: Proposals }[]> {
      const found = await answers.findSongsOfEach(
        songs.flatMap(song => repositories.map(repository => [repository, questionAbout(song)] as const))
      )
      const count = repositories.length
      return songs.map((song, n) => ({ song, found: proposalsOf(song, found.slice(n * count, (n + 1) * count)) }))
    }
  }
}

/** Returns the key of the match that a proposal is about. */
export const matchKeyOf = (proposalId: string): string => proposalId.slice(0, keyLength)

/** Tells whether a match is good enough, and was not rejected. */
export function isProposable(source: MetadataSource, song: FoundSong, rejected: readonly string[] = []): boolean {
  return song.score >= minScore && !rejected.includes(keyOf(source, song))
}

/** Returns the identity of a match: its page, or its values where it has none. */
function keyOf(source: MetadataSource, song: Omit<FoundSong, 'artistId' | 'score'>): string {
  const { title, artist, album, year, link, url } = song
  return hashOf([source, url ?? [title, artist, album, year, link]]).slice(0, keyLength)
}

function matchOf(
  repository: MetadataRepository,
  { artistId, url, score, ...values }: FoundSong,
  fetchedAt = new Date(0)
): Match {
  const { name: source } = repository
  const key = keyOf(source, { url, ...values })
  const id = `${key}${hashOf([values, artistId]).slice(0, idLength - keyLength)}`
  return { key, artistId, proposal: { id, source, url, ...timesOf(repository, fetchedAt), ...values, score } }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')

/** Returns a proposal without values that the song has already; undefined when none is left. */
function newValuesOf(proposal: MetadataProposal, song: SongDocument): MetadataProposal | undefined {
  const known = metadataFields.filter(field => proposal[field] === (song[field] ?? null))
  const left = { ...proposal, ...Object.fromEntries(known.map(field => [field, null])) }
  return metadataFields.some(field => left[field] !== null) ? left : undefined
}
