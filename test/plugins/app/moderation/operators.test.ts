import t from 'tap'
import type { Tokens } from '../../../../contract/auth.ts'
import type { Page } from '../../../../contract/paging.ts'
import type { OperatorAction, Report } from '../../../../contract/safety.ts'
import type { Show } from '../../../../contract/shows.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { joinShow, goLive, signIn } from '../../../users.ts'
import { send } from './send.ts'

const { app, url, operator } = await startAppWithOperator(t)

t.test('routes of operators are hidden from everybody else', async t => {
  const { token } = await signIn(url, 'Curious')
  const unknown = await send(url, 'GET', '/v1/operator/nothing')
  for (const bearer of [token, undefined, 'a.b.c']) {
    for (const [method, path] of [
      ['GET', '/reports'],
      ['GET', '/acts'],
      ['GET', '/reports?limit=rubbish'],
      ['POST', '/shows/x/end'],
      ['POST', '/shows/x/replay/takedown'],
      ['POST', '/shows/x/replay/restore'],
      ['POST', '/users/x/suspend'],
      ['POST', '/users/x/restore'],
      ['POST', '/reports/x/answer']
    ] as const) {
      const { status, body } = await send(
        url,
        method,
        `/v1/operator${path}`,
        bearer,
        method === 'POST' ? { rubbish: 1 } : undefined
      )
      t.equal(status, 404, `${method} ${path}`)
      t.equal(body.code, unknown.body.code)
    }
  }
})

t.test('a subject is reported once while the report is open; the report is answered once and logged', async t => {
  const reporter = await signIn(url, 'Reporter')
  const rude = await signIn(url, 'Rude')
  const draft = { kind: 'user', subjectId: rude.id, reason: 'A name that hurts' }
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => await send(url, 'POST', '/v1/reports', reporter.token, draft))
  )
  t.same([...new Set(answers.map(({ status }) => status))], [201])
  const ids = new Set(answers.map(({ body }) => body.id))
  t.equal(ids.size, 1, 'eight concurrent requests make one report')
  const [reportId] = ids
  t.match(answers[0]?.body, {
    kind: 'user',
    subjectId: rude.id,
    excerpt: 'Rude',
    status: 'open',
    answer: null,
    reporter: { id: reporter.id }
  })
  const other = await signIn(url, 'Another')
  t.not(
    (await send(url, 'POST', '/v1/reports', other.token, draft)).body.id,
    reportId,
    'another person opens another report'
  )

  const {
    body: { items }
  } = await send(url, 'GET', '/v1/operator/reports?status=open', operator.token)
  t.ok(items.some(({ id }: Report) => id === reportId))
  const races = await Promise.all(
    [1, 2, 3, 4].map(
      async n =>
        await send(url, 'POST', `/v1/operator/reports/${reportId}/answer`, operator.token, { answer: `Answer ${n}` })
    )
  )
  t.same(races.map(({ status }) => status).sort(), [200, 409, 409, 409])
  const { answer } = races.find(({ status }) => status === 200)?.body
  t.match(await send(url, 'POST', `/v1/operator/reports/${reportId}/answer`, operator.token, { answer: 'Late' }), {
    status: 409,
    body: { code: 'CONFLICT' }
  })
  t.match(await send(url, 'POST', '/v1/operator/reports/none/answer', operator.token, { answer: 'To what?' }), {
    status: 404
  })
  t.not(
    (await send(url, 'POST', '/v1/reports', reporter.token, draft)).body.id,
    reportId,
    'after the answer the subject can be reported again'
  )

  const actions = (await send(url, 'GET', '/v1/operator/acts', operator.token)).body as Page<OperatorAction>
  const done = actions.items.filter(({ subjectId, done }) => subjectId === reportId && done)
  t.match(
    done,
    [{ type: 'reportAnswered', reason: answer, operator: { id: operator.id, displayName: 'Operator' } }],
    'only the action that was carried out'
  )
  t.equal(done.length, 1)
})

t.test('reports about hidden and unknown subjects, by guests, and over the limit are rejected', async t => {
  const { url } = await startAppWithOperator(t, { LIMIT_REPORTS_PER_HOUR: '6' })
  const owner = await signIn(url, 'Owner')
  const { token } = await signIn(url, 'Reporter')
  const hidden = await owner.rest<Show>('POST', '/v1/shows', { title: 'Hidden', visibility: 'private' })
  const open = await owner.rest<Show>('POST', '/v1/shows', { title: 'Open' })
  const report = async (kind: string, subjectId: string, as = token) =>
    await send(url, 'POST', '/v1/reports', as, { kind, subjectId, reason: 'Because' })
  t.match(await report('show', hidden.id), { status: 404 })
  t.match(await report('user', 'nobody'), { status: 404 })
  t.match(await report('comment', 'none'), { status: 404 })
  t.match(await report('song', open.id), { status: 400 })
  t.match(await report('show', open.id), { status: 201, body: { excerpt: 'Open' } })
  const guest = (await send(url, 'POST', '/v1/auth/guest', undefined, {})).body as Tokens
  t.match(await report('show', open.id, guest.accessToken), { status: 403, body: { code: 'FORBIDDEN' } })
  await report('show', open.id)
  t.match(await report('show', open.id), { status: 429, body: { code: 'RATE_LIMITED' } })
})

t.test('pages of reports are newest first and list each report once', async t => {
  const people = await Promise.all(Array.from({ length: 5 }, async (_, n) => await signIn(url, `Somebody ${n}`)))
  const made = await Promise.all(
    people.map(
      async person =>
        await person.rest<Report>('POST', '/v1/reports', { kind: 'user', subjectId: operator.id, reason: 'A test' })
    )
  )
  // With equal times the ids decide the order.
  await app.db
    .collection<{ _id: string }>('reports')
    .updateMany({ _id: { $in: made.map(({ id }) => id) } }, { $set: { createdAt: new Date() } })
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = (await send(
      url,
      'GET',
      `/v1/operator/reports?limit=2${cursor && `&cursor=${cursor}`}`,
      operator.token
    )) as { body: Page<Report> }
    seen.push(...body.items.map(({ id }) => id))
    cursor = body.nextCursor ?? ''
  } while (cursor)
  const listed = seen.filter(id => made.some(report => report.id === id))
  t.same(
    listed,
    made
      .map(({ id }) => id)
      .sort()
      .reverse()
  )
  t.match(await send(url, 'GET', '/v1/operator/reports?cursor=rubbish', operator.token), {
    status: 400,
    body: { code: 'VALIDATION' }
  })
})

t.test('an operator ends a show', async t => {
  const { client, showId, creator } = await goLive(url)
  t.match(
    await send(url, 'POST', `/v1/operator/shows/${showId}/end`, operator.token, { reason: 'It broke the rules' }),
    { status: 204 }
  )
  const { event } = await client.waitForEvent('show:ended')
  t.match(event, { reason: 'operator' })
  t.match(await creator.rest<Show>('GET', `/v1/shows/${showId}`), { status: 'ended', endReason: 'operator' })
  t.match(await send(url, 'POST', `/v1/operator/shows/${showId}/end`, operator.token, { reason: 'Again' }), {
    status: 409
  })
  t.match(await send(url, 'POST', '/v1/operator/shows/none/end', operator.token, { reason: 'What?' }), { status: 404 })
})

t.test('a comment of a live show is reported, and deleted by an operator', async t => {
  const { client, showId } = await goLive(url)
  const { user: author, client: authorClient } = await joinShow(url, showId, 'Author')
  const {
    comment: { id }
  } = await authorClient.request('comment:send', { clientId: 'one', text: 'A rude word' })
  const reporter = await signIn(url, 'Reporter')
  t.match(await send(url, 'POST', '/v1/reports', reporter.token, { kind: 'comment', subjectId: id, reason: 'Rude' }), {
    status: 201,
    body: { excerpt: 'A rude word', subjectId: id }
  })

  const deleted = new Promise<string[]>(resolve =>
    client.socket.on('comments', ({ deletedIds }) => {
      if (deletedIds.length > 0) resolve(deletedIds)
    })
  )
  t.match(await send(url, 'POST', `/v1/operator/comments/${id}/delete`, operator.token, { reason: 'Rude' }), {
    status: 204
  })
  t.same(await deleted, [id])
  t.match(await send(url, 'GET', `/v1/shows/${showId}/comments`, author.token), { body: { items: [] } })
  t.match(await send(url, 'POST', `/v1/operator/comments/${id}/delete`, operator.token, { reason: 'Again' }), {
    status: 404
  })
  t.match(
    await send(url, 'POST', '/v1/reports', reporter.token, { kind: 'comment', subjectId: id, reason: 'Rude' }),
    { status: 404 },
    'the comment does not exist any more'
  )
})

t.test('personal data in reports is exported and erased, and the log of actions stays', async t => {
  const reporter = await signIn(url, 'Reporter')
  const rude = await signIn(url, 'A rude name')
  const { id } = await reporter.rest<Report>('POST', '/v1/reports', {
    kind: 'user',
    subjectId: rude.id,
    reason: 'A name that hurts'
  })
  await app.operators.suspend(operator.id, rude.id, 'Threats')
  const exported = async (name: string, userId: string) => {
    const records: object[] = []
    for await (const record of app.personalData.keepers().get(name)?.export(userId) ?? []) records.push(record)
    return records
  }
  t.match(await exported('reports', reporter.id), [{ id, reason: 'A name that hurts' }])
  t.match(await exported('suspensions', rude.id), [{ reason: 'Threats' }])
  t.match(await exported('operatorActs', rude.id), [{ type: 'accountSuspended', reason: 'Threats' }])
  for (const name of ['reports', 'suspensions', 'operatorActs']) {
    for (const userId of [reporter.id, rude.id]) await app.personalData.keepers().get(name)?.erase(userId)
  }
  const { items } = await app.reports.list({ limit: 100 })
  t.match(
    items.find(report => report.id === id),
    { reporter: null, excerpt: '', reason: 'A name that hurts' }
  )
  t.same(await exported('reports', reporter.id), [])
  const actions = await app.operatorActions.list({ limit: 100 })
  t.ok(actions.items.some(({ subjectId }) => subjectId === rude.id))
})
