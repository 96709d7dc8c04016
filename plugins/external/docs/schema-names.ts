import * as announcements from '../../../contract/announcements.ts'
import * as auth from '../../../contract/auth.ts'
import * as backstage from '../../../contract/backstage.ts'
import * as blockedWords from '../../../contract/blocked-words.ts'
import * as comments from '../../../contract/comments.ts'
import * as email from '../../../contract/email.ts'
import * as errors from '../../../contract/error-answer.ts'
import * as graphql from '../../../contract/graphql.ts'
import * as health from '../../../contract/health.ts'
import * as invitations from '../../../contract/invitations.ts'
import * as jingles from '../../../contract/jingles.ts'
import * as metadata from '../../../contract/metadata.ts'
import * as moderation from '../../../contract/moderation.ts'
import * as notifications from '../../../contract/notifications.ts'
import * as pictures from '../../../contract/pictures.ts'
import * as playback from '../../../contract/playback.ts'
import * as playlist from '../../../contract/playlist.ts'
import * as program from '../../../contract/program.ts'
import * as recordings from '../../../contract/recordings.ts'
import * as reminders from '../../../contract/reminders.ts'
import * as replays from '../../../contract/replays.ts'
import * as safety from '../../../contract/safety.ts'
import * as series from '../../../contract/series.ts'
import * as settings from '../../../contract/settings.ts'
import * as shows from '../../../contract/shows.ts'
import * as signIn from '../../../contract/sign-in.ts'
import * as signInOptions from '../../../contract/sign-in-options.ts'
import * as songRequests from '../../../contract/song-requests.ts'
import * as songs from '../../../contract/songs.ts'
import * as spotify from '../../../contract/spotify.ts'
import * as tags from '../../../contract/tags.ts'
import * as transcripts from '../../../contract/transcripts.ts'
import * as users from '../../../contract/users.ts'
import * as webhooks from '../../../contract/webhooks.ts'
import type { JsonSchema } from './schema-examples.ts'

const modules: readonly Readonly<Record<string, unknown>>[] = [
  announcements,
  auth,
  backstage,
  blockedWords,
  comments,
  email,
  errors,
  graphql,
  health,
  invitations,
  jingles,
  metadata,
  moderation,
  notifications,
  pictures,
  playback,
  playlist,
  program,
  recordings,
  reminders,
  replays,
  safety,
  series,
  settings,
  shows,
  signIn,
  signInOptions,
  songRequests,
  songs,
  spotify,
  tags,
  transcripts,
  users,
  webhooks
]

/** Objects, unions and enumerations get names. Named strings and numbers would only add a level to read through. */
function hasName(value: unknown): value is JsonSchema {
  if (typeof value !== 'object' || value === null) return false
  return ('type' in value && value.type === 'object') || 'anyOf' in value || 'enum' in value
}

/** The schemas of the contract that have a name in the OpenAPI document: the name under which they are exported. */
export const namedSchemas: readonly (readonly [name: string, schema: JsonSchema])[] = modules.flatMap(module =>
  Object.entries(module).flatMap(([name, value]) => (hasName(value) ? [[name, value] as const] : []))
)
