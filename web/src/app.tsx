import { lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { Header } from './parts/header.tsx'
import { Loading } from './parts/notice.tsx'
import { HomePage } from './pages/home.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import styles from './app.module.css'

const SignInPage = lazy(async () => ({ default: (await import('./pages/sign-in.tsx')).SignInPage }))
const ShowPage = lazy(async () => ({ default: (await import('./pages/show.tsx')).ShowPage }))

export function App () {
  return (
    <>
      <a className='visually-hidden' href='#main'>Skip to the content</a>
      <Header />
      <main id='main' className={styles.main}>
        <Suspense fallback={<Loading />}>
          <Switch>
            <Route path='/'><HomePage /></Route>
            <Route path='/sign-in'><SignInPage /></Route>
            <Route path='/shows/:id'>{({ id }) => <ShowPage key={id} showId={id} />}</Route>
            <Route><NotFoundPage /></Route>
          </Switch>
        </Suspense>
      </main>
    </>
  )
}
