/*
 * Tests that `npm test` runs once more on another store: quick ones, which together use stored data of most domains and
 * the store in most ways. All tests that use the store do in `npm run check:mongo` and `npm run check:records`.
 */

/** Files that run once more on MongoDB. */
export const mongoFiles: readonly string[] = [
  'test/plugins/app/analytics/analytics.test.ts',
  'test/plugins/app/identity/tokens.test.ts',
  'test/plugins/app/metadata/rest.test.ts',
  'test/plugins/app/moderation/operators.test.ts',
  'test/plugins/app/operations/maintenance.test.ts',
  'test/plugins/app/privacy/erasure.test.ts',
  'test/plugins/app/recordings/recovery.test.ts',
  'test/plugins/app/shows/catalogue.test.ts',
  'test/realtime/cluster/ended-shows.test.ts',
  'test/realtime/comment-rules.test.ts',
  'test/realtime/log-conflict.test.ts',
  'test/realtime/restore-damaged.test.ts',
  'test/routes/export.test.ts',
  'test/routes/graphql/store-commands.test.ts',
  'test/routes/sessions.test.ts',
  'test/routes/shows/editing.test.ts',
  'test/routes/shows/invitations.test.ts',
  'test/routes/users/follows.test.ts',
  'test/songs/queue.test.ts'
]

/** Files that run once more with records in DynamoDB. */
export const recordsFiles: readonly string[] = [
  'test/realtime/comment-rules.test.ts',
  'test/realtime/cluster/ended-shows.test.ts'
]
