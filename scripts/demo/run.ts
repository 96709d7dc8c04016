/*
 * Runs the people of `npm start -- --demo`: node scripts/demo/run.ts URL FOLDER
 *
 * They use the SDK like any other client. The process ends with the one that has started it.
 */
import { join } from 'node:path'
import { commentInTurn, visitNewShows } from './audience.ts'
import { cast } from './cast-names.ts'
import { signInPerson } from './cast.ts'
import { songsOfComposer } from './composer.ts'
import { bringOnStage, hostShow, playSongs } from './shows.ts'

const [url, folder] = process.argv.slice(2)
if (url === undefined || folder === undefined) {
  console.error('Usage: node scripts/demo/run.ts URL FOLDER')
  process.exit(2)
}

process.once('disconnect', () => process.exit())

const parts = { url, folder: join(folder, 'cast') }
const [host, guest, dj, ...listeners] = await Promise.all([
  signInPerson(parts, cast.host, 'host'),
  signInPerson(parts, cast.guest, 'guest'),
  signInPerson(parts, cast.dj, 'dj'),
  ...cast.listeners.map(async name => await signInPerson(parts, name, 'listener'))
])
const [talk, music] = await Promise.all([
  hostShow(host, 'Demo talk', 'Two voices from a program talk about this demo.'),
  hostShow(dj, 'Demo music', 'Songs that a script has composed, with a few words in between.')
])
await bringOnStage(talk, guest)
process.send?.('live')

const [visitor] = listeners
const ownIds = new Set([host, guest, dj, ...listeners].map(({ userId }) => userId))
await Promise.all([
  commentInTurn(listeners, talk.showId, ['Hello from the audience!', 'I hear both of you.', 'What is next?']),
  commentInTurn(listeners, music.showId, ['I like this one.', 'Who has composed it?', 'Louder, please!']),
  playSongs(dj, music, songsOfComposer(join(folder, 'songs')), () => process.send?.('songs')),
  visitor && visitNewShows(visitor, ownIds)
])
