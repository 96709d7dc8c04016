import { createAnalyticsApi } from './rest/analytics.ts'
import { createCommentsApi } from './rest/comments.ts'
import { createGraphqlApi } from './rest/graphql.ts'
import { createInvitationsApi } from './rest/invitations.ts'
import { createMeApi, type MeParts } from './rest/me.ts'
import { createModerationApi } from './rest/moderation.ts'
import { createEmailApi, createRemindersApi, createWebhooksApi } from './rest/notifications.ts'
import { createPeopleApi } from './rest/people.ts'
import { createPlaylistsApi } from './rest/playlists.ts'
import { createRecordingsApi } from './rest/recordings.ts'
import { createReplaysApi } from './rest/replays.ts'
import { createReportsApi } from './rest/reports.ts'
import { createShowsApi } from './rest/shows.ts'
import { createSpotifyApi } from './rest/spotify.ts'
import { createTranscriptsApi } from './rest/transcripts.ts'

/** Creates the REST API, by concern. */
export function createApi(parts: MeParts) {
  const { request } = parts
  return {
    me: createMeApi(parts),
    people: createPeopleApi(request),
    shows: createShowsApi(request, parts.upload),
    analytics: createAnalyticsApi(request),
    comments: createCommentsApi(request),
    email: createEmailApi(request),
    graphql: createGraphqlApi(request),
    invitations: createInvitationsApi(request),
    moderation: createModerationApi(request),
    playlists: createPlaylistsApi(request),
    spotify: createSpotifyApi(request),
    recordings: createRecordingsApi(request),
    reminders: createRemindersApi(request),
    replays: createReplaysApi(request),
    transcripts: createTranscriptsApi(request),
    reports: createReportsApi(request),
    webhooks: createWebhooksApi(request)
  }
}
