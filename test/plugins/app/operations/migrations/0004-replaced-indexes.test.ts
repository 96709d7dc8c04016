import t from 'tap'
import { up } from '../../../../../plugins/app/operations/migrations/0004-replaced-indexes.ts'
import { onEachBackend } from '../../../../store/backends.ts'

onEachBackend(t, async (t, db) => {
  t.test('replaced indexes are dropped, others stay, and absent ones do not matter', async t => {
    await up(db)
    const songs = db.collection('songs')
    await songs.createIndex({ ownerId: 1, createdAt: -1, _id: -1 })
    await songs.createIndex({ ownerId: 1, state: 1 })
    await db.collection('showEvents').createIndex({ 'event.userId': 1 }, { sparse: true })
    for (const run of ['first run', 'second run']) {
      await up(db)
      const namesOf = async (name: string) => (await db.collection(name).indexes()).map(index => index.name)
      t.same(await namesOf('songs'), ['_id_', 'ownerId_1_state_1'], run)
      t.same(await namesOf('showEvents'), ['_id_'], run)
    }
  })
})
