/*
 * Opens the media in a process of its own, for tests that send it signals or that could block its event loop. Prints
 * `ready`, and then what happens. Its argument says what it does on SIGTERM.
 */
import { observer, type types } from 'mediasoup'
import { createMedia } from '../../media/media.ts'
import { mediaOptions } from './test-media.ts'

const workers: types.Worker[] = []
observer.on('newworker', worker => workers.push(worker))
const media = await createMedia(mediaOptions)

async function openShow(): Promise<void> {
  const audio = await media.openShow('show')
  const participant = await audio.join({ presenceId: 'presence', userId: 'user' })
  await participant.createTransport('send')
  console.log('opened')
}

const reactions: Record<string, () => Promise<void>> = {
  /** Uses the workers after the signal. */
  'open a show': openShow,
  /** Uses a worker that is closed but was not reported dead. */
  'open a show on a closed worker': async () => {
    for (const worker of workers) worker.close()
    setTimeout(() => console.log('event loop is running'), 200)
    await openShow()
  }
}

process.on('SIGTERM', async () => await reactions[process.argv[2] ?? '']?.())
process.on('message', () => {})
process.on('disconnect', () => process.exit())
console.log('ready')
