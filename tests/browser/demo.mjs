// The demo as anybody starts it: one process, a folder of its own, a port that it picks.

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const READY_WITHIN = 60_000;

/** Starts `agent-factory demo` and waits for its `ready` line. */
export async function startDemo() {
  const binary = process.env.GATEWAY_BINARY;
  if (!binary) throw new Error('GATEWAY_BINARY is not set; ./test browser builds and names it');
  const folder = await mkdtemp(join(tmpdir(), 'agent-factory-demo-'));
  const child = spawn(binary, ['demo', '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  const keep = (stream) => stream.on('data', (text) => said.push(String(text)));
  keep(child.stdout);
  keep(child.stderr);
  const campus = await new Promise((ready, failed) => {
    const words = (why) => new Error(`the demo ${why}:\n${said.join('').slice(-4000)}`);
    const timer = setTimeout(() => failed(words('was not ready in time')), READY_WITHIN);
    child.once('error', failed);
    child.once('exit', (code) => failed(words(`ended with ${code} before it was ready`)));
    createInterface(child.stdout).on('line', (line) => {
      const found = line.match(/^ready (http:\/\/localhost:\d+\/)/);
      if (found) {
        clearTimeout(timer);
        ready(found[1]);
      }
    });
  }).catch(async (error) => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const port = new URL(campus).port;
  return {
    campus,
    gateway: `http://gateway.localhost:${port}`,
    /** Everything the demo keeps, as one string of bytes per file. */
    async kept() {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const read = files.filter((file) => file.isFile()).map(async (file) => {
        const path = join(file.parentPath ?? file.path, file.name);
        return { path: file.name, bytes: (await readFile(path)).toString('latin1') };
      });
      return Promise.all(read);
    },
    /** What it printed. */
    words: () => said.join(''),
    async end() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await new Promise((done) => child.once('exit', done));
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
