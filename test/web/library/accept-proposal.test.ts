import t from 'tap'
import type { MetadataField } from '../../../client/index.ts'
import { acceptProposal } from '../../../web/src/library/accept-proposal.ts'
import { describeUndo } from '../../../web/src/library/proposed-fields.ts'
import { sampleProposal, sampleSong } from './sample-songs.ts'

const song = sampleSong()
const proposal = sampleProposal({ title: 'Take three', album: 'Evenings' })

/** Accepts as the server does, for a song with some fields that the owner typed, or cleared. */
function fakeAccept(typed: readonly MetadataField[]) {
  const requests: (readonly MetadataField[] | undefined)[] = []
  let present = song
  return {
    requests,
    async accept(_songId: string, _proposalId: string, fields?: MetadataField[]) {
      requests.push(fields)
      const { title, artist, album } = proposal
      const taken = Object.entries({ title, artist, album }).filter(([field]) =>
        fields ? fields.some(one => one === field) : !typed.some(one => one === field)
      )
      present = { ...present, ...Object.fromEntries(taken) }
      return { song: present, sources: {}, proposals: [], repositories: [] }
    }
  }
}

t.test('one request takes a proposal whose fields nobody typed', async t => {
  const { accept, requests } = fakeAccept([])
  t.match((await acceptProposal(accept, song, proposal, false)).song, { title: 'Take three', artist: 'A Quiet Band' })
  t.same(requests, [undefined])
})

t.test('fields that were cleared are filled, and what the owner typed stays', async t => {
  const { accept, requests } = fakeAccept(['title', 'artist'])
  const accepted = await acceptProposal(accept, song, proposal, false)
  t.match(accepted.song, { title: 'Take 3', artist: 'A Quiet Band', album: 'Evenings' })
  t.same(requests, [undefined, ['artist']])
})

t.test('a proposal can be accepted again after an undo', async t => {
  const { accept, requests } = fakeAccept(['title', 'artist', 'album'])
  const accepted = await acceptProposal(accept, song, proposal, true)
  t.match(accepted.song, { title: 'Take three', artist: 'A Quiet Band', album: 'Evenings' })
  t.same(requests, [['title', 'artist', 'album']])
})

t.test('an undo says which values count as typed by the owner', async t => {
  t.equal(describeUndo(song, ['artist', 'album']), null)
  t.equal(describeUndo(song, ['title', 'artist']), 'Undo saves the earlier title as typed by you')
  t.equal(
    describeUndo({ ...song, album: 'Old' }, ['title', 'artist', 'album']),
    'Undo saves the earlier title and album as typed by you'
  )
})
