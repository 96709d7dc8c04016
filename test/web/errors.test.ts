import t from 'tap'
import { CodedError } from '../../client/index.ts'
import { errorMessage } from '../../web/src/errors.ts'

t.test('a refused input is explained by its issues', async t => {
  const refused = (...issues: [path: string, message: string][]) =>
    errorMessage(
      new CodedError('VALIDATION', 'The payload does not fit.', {
        issues: issues.map(([path, message]) => ({ path, message }))
      })
    )
  t.equal(refused(['/text', 'must not contain control characters']), 'Text must not contain control characters.')
  t.equal(refused(['/settings/maxSpeakers', 'must be <= 50']), 'Max speakers must be <= 50.')
  t.equal(
    refused(['/links/0/url', 'must be a URL'], ['', 'must be one object']),
    'Url must be a URL. Must be one object.'
  )
  t.equal(refused(['/items/3', 'must be a song.']), 'Items must be a song.')
})

t.test('other errors are explained by their message', async t => {
  t.equal(errorMessage(new CodedError('CONFLICT', 'You already have a live show.')), 'You already have a live show.')
  t.equal(errorMessage(new Error('no')), 'no')
  t.equal(errorMessage('no'), 'no')
})
