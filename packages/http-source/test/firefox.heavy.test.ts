import { readsInPage } from './support/browser/reads-in-page.ts'

readsInPage('firefox')
