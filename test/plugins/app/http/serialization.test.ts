import Fastify from 'fastify'
import t from 'tap'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { serializerCompiler } from '../../../../plugins/app/http/serialization.ts'

const compile = (schema: object) => serializerCompiler({ schema, method: 'GET', url: '/', httpStatus: '200' })
const schemaOf = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } })

t.test('equal schemas have one serializer, and different ones their own', async t => {
  const serialize = compile(schemaOf('title'))
  t.equal(compile(schemaOf('title')), serialize)
  t.not(compile(schemaOf('name')), serialize)
  t.equal(serialize({ title: 'A show', secret: 'left out' }), '{"title":"A show"}')
})

t.test('servers of one process share the serializers, and answer what Fastify answers', async t => {
  const error = { statusCode: 404, code: 'NOT_FOUND', error: 'Not Found', message: 'No show', secret: 'left out' }
  async function answer(isShared: boolean): Promise<{ status: number; body: string }> {
    const app = Fastify()
    t.teardown(async () => await app.close())
    if (isShared) app.setSerializerCompiler(serializerCompiler)
    const schema = { response: errorAnswers('NOT_FOUND') }
    app.get('/', { schema }, async (_request, reply) => await reply.code(404).send(error))
    const { statusCode, body } = await app.inject('/')
    return { status: statusCode, body }
  }
  const own = await answer(false)
  t.same(await answer(true), own)
  t.same(await answer(true), own)
  t.notMatch(own.body, 'left out')
})
