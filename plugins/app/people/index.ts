import fp from 'fastify-plugin'
import { createAvatars, type Avatars } from './avatars.ts'
import { createBlocks, type Blocks } from './blocks.ts'
import { createFollows, type Follows } from './follows.ts'
import { createNoticesPort, type NoticesPort } from './notices.ts'
import { createUsers, type UserDocument, type Users } from './users.ts'

declare module 'fastify' {
  interface FastifyInstance {
    users: Users
    blocks: Blocks
    follows: Follows
    avatars: Avatars
    notices: NoticesPort
  }
}

/** People: users, blocks, follows, avatars, and notices to them. */
export default fp(
  async app => {
    const { db, storage, pictures, personalData, clusterFeed } = app
    const users = await createUsers(db.collection<UserDocument>('users'), clusterFeed)
    app.decorate('users', users)
    // The account goes last: until then the other data can be found by it.
    personalData.register('account', { export: users.export, erase: users.remove }, { isErasedLast: true })

    const blocks = await createBlocks({ blocks: db.collection('blocks'), users })
    app.decorate('blocks', blocks)
    personalData.register('blocks', blocks)

    const follows = await createFollows({ follows: db.collection('follows'), users, blocks })
    app.decorate('follows', follows)
    blocks.onBlocked(follows.sever)
    personalData.register('follows', follows)

    const avatars = createAvatars({ users, storage, pictures })
    app.decorate('avatars', avatars)
    personalData.register('avatars', avatars)

    app.decorate('notices', createNoticesPort(clusterFeed))
  },
  { name: 'people', dependencies: ['mongodb', 'storage', 'pictures', 'operations', 'privacy'] }
)
