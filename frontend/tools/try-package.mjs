// Packs the package, installs it in a tiny Next.js app (tools/try-package) and builds that app, types included.
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname
const app = await mkdtemp(join(tmpdir(), 'try-package-'))
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
const run = (command, args, cwd) => execFileSync(command, args, { cwd, env, stdio: 'inherit' })

try {
  run('npm', ['pack', '--pack-destination', app], root)
  const tarball = (await readdir(app)).find((name) => name.endsWith('.tgz'))
  await cp(`${root}tools/try-package`, app, { recursive: true })
  const { devDependencies } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const wanted = ['next', 'react', 'react-dom', 'motion', 'sonner']
  const types = ['typescript', '@types/react', '@types/node']
  const versions = [...wanted, ...types].map((name) => [name, devDependencies[name]])
  const dependencies = {
    '@sewabazaar/messaging': `file:${tarball}`,
    ...Object.fromEntries(versions),
  }
  await writeFile(join(app, 'package.json'), JSON.stringify({ private: true, dependencies }))
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], app)
  run('npx', ['next', 'build'], app)
  const page = await readFile(join(app, 'out', 'index.html'), 'utf8')
  for (const expected of ['status: disconnected', 'data-slot="typing-indicator"']) {
    if (!page.includes(expected)) throw new Error(`The page of the app lacks ${expected}`)
  }
} finally {
  await rm(app, { recursive: true, force: true })
}
