import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startSpotifyStandIn } from './server.ts'

/*
 * npm run dev:spotify
 *
 * Runs Ambient with the Spotify stand-in, to sign in and add playlists without a Spotify account. Ends with Ctrl-C.
 */
const standIn = await startSpotifyStandIn(Number(process.env.SPOTIFY_STAND_IN_PORT ?? 3400))
process.stdout.write(`A stand-in for Spotify is at ${standIn.url}; no account is needed there.\n`)
const server = spawn(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'server.ts')], {
  stdio: 'inherit',
  env: { ...process.env, ...standIn.settings }
})
server.on('exit', async code => {
  await standIn.close()
  process.exitCode = code ?? 0
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
