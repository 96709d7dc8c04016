import t from 'tap'
import { createAmbientApi } from '../../client/index.ts'
import { startApp } from '../realtime/real-app.ts'

t.test('a query returns its data and the errors of its fields, and throws when it is refused', async t => {
  const { url } = await startApp(t)
  const ambient = createAmbientApi({ url })
  await ambient.account.signIn('Listener')
  interface Me {
    me: { id: string }
    song: null
  }
  const { data, errors } = await ambient.graphql<Me>('query ($id: ID!) { me { id } song(id: $id) { id } }', { id: 'x' })
  t.same(data, { me: { id: ambient.account.user?.id }, song: null })
  t.match(errors, [{ path: ['song'], extensions: { code: 'NOT_FOUND' } }])
  await t.rejects(ambient.graphql('{ nothing }'), {
    name: 'CodedError',
    code: 'VALIDATION',
    message: 'Cannot query field "nothing" on type "Query".'
  })
  await ambient.account.signOut()
  t.match((await ambient.graphql('{ me { id } }')).errors, [{ extensions: { code: 'UNAUTHENTICATED' } }])
})
