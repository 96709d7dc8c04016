import { Type, type Static } from 'typebox'
import { ReplayItem, ReplayStretch } from '../../../../contract/replays.ts'
import type { StoredStint } from '../../recordings/stored-recordings.ts'
import type { ReplayCut } from '../timeline/kept-times.ts'
import type { ShowLog } from '../timeline/show-log.ts'

/** The work of one mixing process, as JSON on its standard input. Files are names in its folder. */
export interface MixPlan {
  readonly title: string
  readonly creatorId: string
  /** Names of people for the chapters in the files, by id. The creator's is the artist of the files. */
  readonly names: Readonly<Record<string, string>>
  readonly log: ShowLog
  readonly stints: readonly PlannedStint[]
  /** Files of the songs that are heard, by song id. */
  readonly songs: Readonly<Record<string, string>>
  readonly cut: ReplayCut
  /** CPU time of each step, ms. */
  readonly timeLimitMs: number
  readonly maxDurationMs: number
}

export type PlannedStint = Pick<StoredStint, 'id' | 'userId' | 'durationMs' | 'marks'> & { readonly fileName: string }

/** Names of the files that a mixing process writes. */
export const mixedFiles = { opus: 'replay.opus', mp3: 'replay.mp3' } as const

const Interval = Type.Object({ from: Type.Number(), to: Type.Number() }, { additionalProperties: false })

/** The contents of a mixed replay. */
export const MixResult = Type.Object(
  {
    /** Times of the show that the replay has without a cut, and with it. */
    kept: Type.Array(Interval),
    recorded: Type.Array(Interval),
    stretches: Type.Array(ReplayStretch),
    items: Type.Array(ReplayItem),
    chapters: Type.Array(
      Type.Object(
        {
          atMs: Type.Number(),
          title: Type.Union([Type.String(), Type.Null()]),
          userId: Type.Union([Type.String(), Type.Null()])
        },
        { additionalProperties: false }
      )
    ),
    speakers: Type.Array(
      Type.Object(
        {
          userId: Type.String(),
          talkMs: Type.Number(),
          spans: Type.Array(Type.Tuple([Type.Number(), Type.Number()]))
        },
        { additionalProperties: false }
      )
    ),
    peaks: Type.Array(Type.Number())
  },
  { additionalProperties: false }
)
export type MixResult = Static<typeof MixResult>

/** A line of the standard output of a mixing process. The last one has the result. */
export const MixMessage = Type.Union([
  Type.Object({ progress: Type.Number() }, { additionalProperties: false }),
  Type.Object({ result: MixResult }, { additionalProperties: false })
])
export type MixMessage = Static<typeof MixMessage>
