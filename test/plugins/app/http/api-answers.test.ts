import t from 'tap'
import { failureOf } from '../../../../plugins/app/http/api-answers.ts'

const withCode = (code: string | number, cause?: unknown) => Object.assign(new Error('secret', { cause }), { code })

t.test('the reason of a failure is a code of the error or its cause, or a name', async t => {
  t.equal(failureOf(withCode('ECONNREFUSED')), 'ECONNREFUSED', 'an error of node:http')
  t.equal(failureOf(withCode('ERR_TLS', withCode('ECONNRESET'))), 'ERR_TLS')
  t.equal(failureOf(new TypeError('fetch failed', { cause: withCode('ENOTFOUND') })), 'ENOTFOUND', 'an error of fetch')
  t.equal(failureOf(new DOMException('secret', 'TimeoutError')), 'TimeoutError')
  t.equal(failureOf('secret'), 'unknown')
})
