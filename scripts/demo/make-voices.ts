/*
 * node scripts/demo/make-voices.ts
 *
 * Makes the voices of the demo in scripts/demo/voices/, which are part of the repository. Needs espeak-ng and ffmpeg.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../command.ts'
import { voiceFolder } from './voices.ts'

interface Line {
  voice: 'host' | 'guest' | 'dj' | 'listener'
  text: string
}

/** A file for each voice of a conversation, all of one length: while one speaks, the others are silent. */
type Conversation = readonly Line[]

/** Voices of espeak-ng. */
const speakers: Readonly<Record<Line['voice'], readonly string[]>> = {
  host: ['-v', 'en-us+f3', '-s', '150', '-p', '45'],
  guest: ['-v', 'en-gb+m3', '-s', '145', '-p', '40'],
  dj: ['-v', 'en-us+m7', '-s', '155', '-p', '35'],
  listener: ['-v', 'en-gb+f2', '-s', '150', '-p', '60']
}

const conversations: readonly Conversation[] = [
  [
    {
      voice: 'host',
      text: 'Good evening, and welcome to the demo talk. My voice is made by a program, and so is everything else here.'
    },
    {
      voice: 'guest',
      text: 'Thank you for having me. I am the demo guest. I sit on this stage all day, and I never get tired.'
    },
    { voice: 'host', text: 'If you are new: write a comment, send a reaction, or press request to speak.' },
    {
      voice: 'guest',
      text: 'Or open a second browser, and listen to both of us from there. That is how a listener hears it.'
    },
    {
      voice: 'host',
      text: 'When you go live yourself, somebody will ask to speak in your show. Be kind, and let them in.'
    },
    { voice: 'guest', text: 'And next door, there is music all night. Let us take a breath, and start again.' }
  ],
  [
    {
      voice: 'dj',
      text: 'You are listening to demo music. These songs were composed by a script. Here comes another one.'
    }
  ],
  [
    {
      voice: 'listener',
      text: 'Hello! Thank you for letting me in. I am a demo listener, and I wanted to say that I hear you very well. What a lovely show.'
    }
  ]
]

/** Silence behind each line, seconds, and behind the whole conversation. */
const pauseS = 0.7
const endS: Readonly<Record<string, number>> = { dj: 40, listener: 4 }
const sampleRate = 48_000
const timeoutMs = 60_000

const folder = await mkdtemp(join(tmpdir(), 'demo-voices-'))
try {
  for (const conversation of conversations) await make(conversation)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function make(conversation: Conversation): Promise<void> {
  const files: string[] = []
  for (const [index, { voice, text }] of conversation.entries()) {
    const file = join(folder, `${voice}-${index}.wav`)
    await run('espeak-ng', [...speakers[voice], '-w', file, text], { timeoutMs })
    files.push(file)
  }
  for (const voice of new Set(conversation.map(line => line.voice))) {
    const parts = conversation.map((line, index) => {
      const volume = line.voice === voice ? '' : ',volume=0'
      return `[${index}]aresample=${sampleRate},apad=pad_dur=${pauseS}${volume}[l${index}]`
    })
    const all = conversation.map((_, index) => `[l${index}]`).join('')
    const filter = `${parts.join(';')};${all}concat=n=${files.length}:v=0:a=1,apad=pad_dur=${endS[voice] ?? pauseS},asetpts=N/SR/TB`
    await run(
      'ffmpeg',
      [
        ...['-v', 'error', '-y', ...files.flatMap(file => ['-i', file]), '-filter_complex', filter, '-ac', '1'],
        ...['-c:a', 'libopus', '-b:a', '24k', '-application', 'voip', '-frame_duration', '20', '-bitexact'],
        join(voiceFolder, `${voice}.opus`)
      ],
      { timeoutMs }
    )
  }
}
