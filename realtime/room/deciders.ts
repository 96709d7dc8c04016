import { backstageDeciders } from './deciders/backstage.ts'
import { commentDeciders } from './deciders/comments.ts'
import type { Deciders } from './deciders/decider.ts'
import { jingleDeciders } from './deciders/jingles.ts'
import { moderationDeciders } from './deciders/moderation.ts'
import { ownershipDeciders } from './deciders/ownership.ts'
import { pinDeciders } from './deciders/pins.ts'
import { playbackDeciders } from './deciders/playback.ts'
import { pollDeciders } from './deciders/polls.ts'
import { presenceDeciders } from './deciders/presence.ts'
import { recordingDeciders } from './deciders/recording.ts'
import { requestDeciders } from './deciders/requests.ts'
import { showDeciders } from './deciders/show.ts'
import { songLevelDeciders } from './deciders/song-level.ts'
import { songRequestDeciders } from './deciders/song-requests.ts'
import { stageDeciders } from './deciders/stage.ts'

/** The decider of each command, called once the rules allow it. The type is an error when a command has none. */
export const deciders: Deciders = {
  ...showDeciders,
  ...presenceDeciders,
  ...backstageDeciders,
  ...requestDeciders,
  ...stageDeciders,
  ...ownershipDeciders,
  ...moderationDeciders,
  ...commentDeciders,
  ...pinDeciders,
  ...pollDeciders,
  ...songRequestDeciders,
  ...playbackDeciders,
  ...songLevelDeciders,
  ...jingleDeciders,
  ...recordingDeciders
}
