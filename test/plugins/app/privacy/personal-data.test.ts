import t from 'tap'
import { createPersonalData } from '../../../../plugins/app/privacy/personal-data.ts'

t.test('a keeper that fails does not keep the data of the others', async t => {
  const personalData = createPersonalData()
  const erased: string[] = []
  let isBroken = true
  const register = (name: string, options = {}) =>
    personalData.register(
      name,
      {
        async *export() {},
        async erase(userId) {
          if (name === 'broken' && isBroken) throw new Error('a damaged record')
          erased.push(`${name} of ${userId}`)
        }
      },
      options
    )
  register('last', { isErasedLast: true })
  register('first')
  register('broken')
  register('third')

  await t.rejects(personalData.erase('u1'), { errors: [{ message: 'a damaged record' }] })
  t.same(erased, ['first of u1', 'third of u1'], 'the last one waits, because the broken one may need it')

  isBroken = false
  erased.length = 0
  await personalData.erase('u1')
  t.same(erased, ['first of u1', 'broken of u1', 'third of u1', 'last of u1'])
})
