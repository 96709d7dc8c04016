/*
 * Tests that `npm test` runs once more on another store. They use each kind of stored data and each way in which the
 * server depends on its store. All other tests that use the store do in `npm run check:mongo` and
 * `npm run check:records`.
 */

/** Files and folders that run once more on MongoDB. */
export const mongoFiles: readonly string[] = [
  'test/plugins/app/analytics/analytics.test.ts',
  'test/plugins/app/event-totals/today.test.ts',
  'test/plugins/app/identity/tokens.test.ts',
  'test/plugins/app/metadata/rest.test.ts',
  'test/plugins/app/moderation/announcements.test.ts',
  'test/plugins/app/moderation/operators.test.ts',
  'test/plugins/app/operations/maintenance.test.ts',
  'test/plugins/app/privacy/erasure.test.ts',
  'test/plugins/app/recordings/recovery.test.ts',
  'test/plugins/app/replays/replay-takedown.test.ts',
  'test/plugins/app/shows/catalogue.test.ts',
  'test/plugins/app/shows/visitors.test.ts',
  'test/plugins/app/transcripts/removal.test.ts',
  'test/realtime/cluster/ended-shows.test.ts',
  'test/realtime/cluster/late-conflict.test.ts',
  'test/realtime/cluster/moving-homes.test.ts',
  'test/realtime/comment-rules.test.ts',
  'test/realtime/comments-outage.test.ts',
  'test/realtime/log-conflict.test.ts',
  'test/realtime/removal-without-store.test.ts',
  'test/realtime/restarts.test.ts',
  'test/realtime/restore-damaged.test.ts',
  'test/realtime/slow-store.test.ts',
  'test/routes/export.test.ts',
  'test/routes/followed-shows.test.ts',
  'test/routes/graphql/store-commands.test.ts',
  'test/routes/sessions.test.ts',
  'test/routes/shows/',
  'test/routes/users/follows.test.ts',
  'test/scripts/backup/drill.test.ts',
  'test/songs/limits.test.ts',
  'test/songs/playlists.test.ts',
  'test/songs/queue.test.ts',
  'test/store/store-crash.test.ts'
]

/** Files that run once more with records in DynamoDB. */
export const recordsFiles: readonly string[] = [
  'test/realtime/comment-rules.test.ts',
  'test/realtime/cluster/ended-shows.test.ts'
]
