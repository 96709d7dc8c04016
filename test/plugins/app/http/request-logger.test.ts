import { Writable } from 'node:stream'
import Fastify, { LogController } from 'fastify'
import pino from 'pino'
import t from 'tap'
import { createRequestLogger } from '../../../../plugins/app/http/request-logger.ts'

/** Starts a server that collects its log lines, with the route that a test gives. */
function createServer(level: string) {
  const lines: { reqId?: string; msg: string; level: number; part?: string }[] = []
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()))
      done()
    }
  })
  let children = 0
  const loggerInstance = pino({ level, onChild: () => children++ }, stream)
  const server = Fastify({
    loggerInstance,
    childLoggerFactory: createRequestLogger,
    genReqId: () => 'an-id',
    logController: new LogController({ disableRequestLogging: level === 'error' })
  })
  return { server, lines, children: () => children }
}

t.test('a line of a request has its id, at every level', async t => {
  const { server, lines } = createServer('trace')
  server.get('/', async ({ log }) => {
    t.equal(log.level, 'trace')
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const) {
      log[level]('a %s', level)
    }
    log.child({ part: 'a part' }).info({ n: 1 }, 'of a child')
    return ''
  })
  await server.inject('/')
  t.match(
    lines.filter(({ msg }) => msg.startsWith('a ')).map(({ msg, reqId }) => `${msg} ${reqId}`),
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map(level => `a ${level} an-id`)
  )
  t.match(
    lines.filter(({ msg }) => msg === 'of a child'),
    [{ reqId: 'an-id', part: 'a part' }]
  )
  t.match(
    lines.map(({ msg }) => msg).filter(msg => msg.includes('request')),
    ['incoming request', 'request completed']
  )
})

t.test('the level of one request can be changed', async t => {
  const { server, lines } = createServer('error')
  server.get('/', async ({ log }) => {
    log.info('not logged')
    log.level = 'info'
    log.info('logged')
    return ''
  })
  await server.inject('/')
  server.log.info('not logged')
  t.match(
    lines.filter(({ msg }) => msg.includes('logged')),
    [{ msg: 'logged', reqId: 'an-id' }]
  )
  t.equal(lines.filter(({ msg }) => msg === 'not logged').length, 0)
})

t.test('a route may have a level of its own', async t => {
  const { server, lines } = createServer('error')
  server.get('/', { logLevel: 'info' }, async ({ log }) => {
    log.info('of the route')
    return ''
  })
  await server.inject('/')
  t.match(
    lines.find(({ msg }) => msg === 'of the route'),
    { reqId: 'an-id' }
  )
})

t.test('a request without a line has no logger of pino', async t => {
  const { server, children } = createServer('error')
  server.get('/quiet', async () => '')
  server.get('/failed', async ({ log }) => log.error('a line'))
  await server.ready()
  const before = children()
  await server.inject('/quiet')
  t.equal(children(), before)
  await server.inject('/failed')
  t.equal(children(), before + 1)
})
