import t from 'tap'
import { safeReturnPath } from '../../../web/src/sign-in/return-path.ts'

t.test('signing in returns only to paths of this site', async t => {
  t.equal(safeReturnPath('/shows/abc'), '/shows/abc')
  for (const to of [
    null,
    '',
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'javascript:alert(1)',
    'shows/abc'
  ]) {
    t.equal(safeReturnPath(to), '/')
  }
})
