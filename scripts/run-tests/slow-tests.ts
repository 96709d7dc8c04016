import { depthHelpers, findTestFiles, importsOneOf } from './test-files.ts'

/**
 * Test files that `npm test` leaves out and `npm run check:slow` runs, each with the file that holds the same behaviour
 * in `npm test`. A slow part of a file is a `testAtNight` of `test/depth.ts` instead.
 */
export const slowTests: Readonly<Record<string, string>> = {
  'test/e2e/axe-metadata.test.ts': 'test/e2e/metadata.test.ts',
  'test/e2e/axe-show.test.ts': 'test/e2e/axe.test.ts',
  'test/e2e/axe-songs.test.ts': 'test/e2e/axe-pages.test.ts',
  'test/e2e/axe-spotify.test.ts': 'test/e2e/axe-pages.test.ts',
  'test/e2e/hls.test.ts': 'test/realtime/programs/hls.test.ts',
  'test/e2e/library-keyboard.test.ts': 'test/e2e/keyboard.test.ts',
  'test/e2e/listen-along.test.ts': 'test/web/playlist/playback-follower.test.ts',
  'test/e2e/media-metrics.test.ts': 'test/realtime/audio/receptions.test.ts',
  'test/e2e/nginx.test.ts': 'test/nginx/front.test.ts',
  'test/e2e/real-replay.test.ts': 'test/plugins/app/replays/replay-routes.test.ts',
  'test/e2e/relay.test.ts': 'test/deploy/coturn/relay.test.ts',
  'test/e2e/restart.test.ts': 'test/realtime/drain-process.test.ts',
  'test/e2e/shared-editing.test.ts': 'test/e2e/spotify.test.ts',
  'test/e2e/two-nodes.test.ts': 'test/realtime/cluster/real-nodes.test.ts',
  'test/e2e/worker-death.test.ts': 'test/e2e/song-continuity.test.ts',
  'test/media/program/hanging-mixer.test.ts': 'test/media/program/program-encoder.test.ts',
  'test/nginx/several-nodes.test.ts': 'test/nginx/front.test.ts',
  'test/plugins/app/event-totals/today.test.ts': 'test/plugins/app/event-totals/feeder.test.ts',
  'test/plugins/app/metadata/calls/shared-limit.test.ts': 'test/plugins/app/metadata/calls/call-slots.test.ts',
  'test/plugins/app/metadata/repositories/failures.test.ts': 'test/plugins/app/metadata/sources.test.ts',
  'test/plugins/app/privacy/damaged-records.test.ts': 'test/routes/export.test.ts',
  'test/plugins/app/replays/killed-mixing.test.ts': 'test/plugins/app/replays/replay-leftovers.test.ts',
  'test/plugins/app/transcripts/failures.test.ts': 'test/plugins/app/transcripts/transcribing.test.ts',
  'test/plugins/external/records/dynamo-races.test.ts': 'test/plugins/external/records/dynamo-writes.test.ts',
  'test/processes/live-values-server.test.ts': 'test/processes/live-values.test.ts',
  'test/processes/live-values-start.test.ts': 'test/processes/live-values.test.ts',
  'test/realtime/cluster/announcements.test.ts': 'test/plugins/app/moderation/announcements.test.ts',
  'test/realtime/cluster/faults.test.ts': 'test/realtime/cluster/moving-homes.test.ts',
  'test/realtime/cluster/live-values.test.ts': 'test/realtime/live-values.test.ts',
  'test/realtime/cluster/program-faults.test.ts': 'test/realtime/programs/streams.test.ts',
  'test/realtime/cluster/program-homes.test.ts': 'test/realtime/cluster/real-nodes.test.ts',
  'test/realtime/cluster/program.test.ts': 'test/realtime/programs/streams.test.ts',
  'test/realtime/cluster/recording.test.ts': 'test/realtime/recording.test.ts',
  'test/realtime/cluster/sentinel.test.ts': 'test/realtime/cluster/redis-bus.test.ts',
  'test/realtime/cluster/speaking.test.ts': 'test/realtime/speaking.test.ts',
  'test/realtime/cluster/voice-relays.test.ts': 'test/realtime/cluster/voice-links.test.ts',
  'test/realtime/programs/song-changes.test.ts': 'test/realtime/programs/streams.test.ts',
  'test/realtime/programs/stream-titles.test.ts': 'test/realtime/programs/streams.test.ts',
  'test/realtime/recording-crash.test.ts': 'test/plugins/app/recordings/recovery.test.ts',
  'test/realtime/restore-time.test.ts': 'test/realtime/restarts.test.ts',
  'test/realtime/songs-restart.test.ts': 'test/realtime/restarts.test.ts',
  'test/scripts/backup/collisions.test.ts': 'test/scripts/backup/backup.test.ts',
  'test/scripts/backup/refusals.test.ts': 'test/scripts/backup/backup.test.ts',
  'test/scripts/backup/refused-indexes.test.ts': 'test/scripts/backup/backup.test.ts',
  'test/scripts/copy-records.test.ts': 'test/scripts/copy-database.test.ts',
  'test/sdk/metro.test.ts': 'test/sdk/node.test.ts',
  'test/sdk/vite.test.ts': 'test/sdk/node.test.ts',
  'test/songs/mutated.test.ts': 'test/songs/formats.test.ts',
  'test/songs/restarts-elsewhere.test.ts': 'test/songs/restarts.test.ts',
  'test/store/store-crash.test.ts': 'plugins/embedded/test/killed.test.ts'
}

/** Finds the files that `npm test` runs. */
export function findFastFiles(root: string): string[] {
  return allFiles(root).filter(file => !(file in slowTests))
}

/** Finds the files that `npm run check:slow` runs: slow tests, and tests with more cases or runs at night. */
export function findSlowFiles(root: string): string[] {
  return allFiles(root).filter(file => file in slowTests || importsOneOf(root, file, depthHelpers))
}

function allFiles(root: string): string[] {
  const { light, browser, timed } = findTestFiles(root, [])
  return [...light, ...browser, ...timed]
}
