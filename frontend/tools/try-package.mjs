// Packs the package, installs it in a tiny Next.js app (tools/try-package), builds that app, types included,
// and opens it in Chromium: the addresses of NEXT_PUBLIC_* are in it, and the part of the client that is
// loaded later comes as a file of its own, also after an attempt that failed.
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'

const root = new URL('..', import.meta.url).pathname
const app = await mkdtemp(join(tmpdir(), 'try-package-'))
const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_WS_URL: 'ws://127.0.0.1:9/chosen-socket/',
  NEXT_PUBLIC_API_URL: 'http://127.0.0.1:9/chosen-api',
}
const contentTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const run = (command, args, cwd) => execFileSync(command, args, { cwd, env, stdio: 'inherit' })

try {
  await build()
  await look()
} finally {
  await rm(app, { recursive: true, force: true })
}

async function build() {
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
}

async function look() {
  const server = createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  })
  try {
    await lookAt(await browser.newPage(), `http://127.0.0.1:${server.address().port}/`)
  } finally {
    await browser.close()
    server.close()
  }
}

/** The later part is refused until an edit has failed because of it, and is asked for again after that. */
async function lookAt(page, address) {
  const sockets = []
  const problems = []
  let isRefused = true
  let refused = 0
  page.on('websocket', (socket) => sockets.push(socket.url()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.route(`**/${await laterPart()}`, (route) => {
    if (!isRefused) return route.continue()
    refused += 1
    return route.abort()
  })
  await page.goto(address, { waitUntil: 'load' })
  const edit = page.getByRole('button', { name: 'edit' })
  await edit.click()
  await page.getByText('edit: network').waitFor()
  if (refused === 0) throw new Error('The later part is not a file of its own')
  isRefused = false
  const request = page.waitForRequest(/chosen-api\/api\/messaging\/messages\/5\//)
  await edit.click()
  await request
  if (!sockets.some((url) => url.startsWith(env.NEXT_PUBLIC_WS_URL))) {
    throw new Error(`No socket to ${env.NEXT_PUBLIC_WS_URL}: ${sockets}`)
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  process.stdout.write('The app of the package runs, and loads the later part when it is needed.\n')
}

/** The name of the file that tells the server what has been read. */
async function laterPart() {
  const chunks = join(app, 'out', '_next', 'static', 'chunks')
  for (const name of (await readdir(chunks)).filter((file) => file.endsWith('.js'))) {
    if ((await readFile(join(chunks, name), 'utf8')).includes('mark_as_read')) return name
  }
  throw new Error('No file has the later part')
}

async function answer({ url }, response) {
  const path = join(app, 'out', url === '/' ? 'index.html' : new URL(url, 'http://x').pathname)
  const bytes = await readFile(path).catch(() => null)
  response.writeHead(bytes ? 200 : 404, {
    'content-type': contentTypes[extname(path)] ?? 'text/plain',
  })
  response.end(bytes)
}
