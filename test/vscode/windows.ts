/** A VS Code with the extension in it: a server's in headless Chromium, or a desktop's where one is given. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { _electron as electron, chromium, type Page } from 'playwright-core';
import { personsEnvironment, projectRoot } from '../support/environment.ts';
import { startServer } from './server.ts';

export interface VsCodeWindow {
  page: Page;
  /** The suite's exit code: 0 if every test passed. */
  ended: Promise<number>;
  close(): Promise<void>;
}

export interface WindowOptions {
  /** For what VS Code keeps of this run. */
  folder: string;
  /** The folder that is open: its path, or the URI of one that is not on disk. */
  workspace: string;
  /** Bundled tests that run in the extension host; without them only the page can be acted on. */
  suite?: string;
  /** The packaged extension, in a window that trusts no folder; default: the checkout's, in one that trusts all. */
  vsix?: string;
  environment?: Record<string, string>;
  onLog?: (type: string, text: string) => void;
}

const extension = projectRoot.replace(/\/$/, '');

/**
 * `VSCODE_EXECUTABLE` names a desktop VS Code, `VSCODE_VERSION` (such as `stable`) one that is downloaded; otherwise the
 * server that `npm run setup` installs is taken.
 */
export async function openWindow(options: WindowOptions): Promise<VsCodeWindow> {
  const { VSCODE_EXECUTABLE: given, VSCODE_VERSION: version } = process.env;
  const executable = given ?? (version === undefined ? undefined : await downloadAndUnzipVSCode(version));
  return executable === undefined ? openServer(options) : openDesktop(executable, options);
}

async function openServer(options: WindowOptions): Promise<VsCodeWindow> {
  const { folder, workspace, suite, vsix, environment = {}, onLog } = options;
  const server = await startServer(folder, environment, vsix);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const close = async () => {
    await browser.close();
    server.stop();
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1360, height: 1000 }, reducedMotion: 'reduce' });
    // The server's own test driver calls these in the page.
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) =>
      onLog?.(type, args.map(String).join(' ')),
    );
    let end: (code: number) => void = () => undefined;
    const ended = new Promise<number>((resolve) => (end = resolve));
    await page.exposeFunction('codeAutomationExit', (code: number) => end(code));
    const remote = (path: string) => `vscode-remote://remote${path}`;
    const payload = JSON.stringify([
      ...(vsix === undefined ? [['extensionDevelopmentPath', remote(extension)]] : []),
      ...(suite === undefined ? [] : [['extensionTestsPath', remote(suite)]]),
    ]);
    await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`);
    return { page, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDesktop(executablePath: string, options: WindowOptions): Promise<VsCodeWindow> {
  const { folder, workspace, suite, vsix, environment = {}, onLog } = options;
  const extensions = `--extensions-dir=${join(folder, 'extensions')}`;
  if (vsix !== undefined) {
    const [cli = '', ...args] = resolveCliArgsFromVSCodeExecutablePath(executablePath);
    execFileSync(cli, [...args, extensions, '--install-extension', vsix]);
  }
  const app = await electron.launch({
    executablePath,
    args: [
      ...(workspace.startsWith('/') ? [workspace] : ['--folder-uri', workspace]),
      `--user-data-dir=${join(folder, 'data')}`,
      extensions,
      ...(vsix === undefined ? [`--extensionDevelopmentPath=${extension}`, '--disable-workspace-trust'] : []),
      ...(suite === undefined ? [] : [`--extensionTestsPath=${suite}`]),
      ...['--skip-welcome', '--skip-release-notes', '--disable-updates', '--no-sandbox'],
    ],
    env: { ...personsEnvironment(), ...environment },
  });
  const ended = new Promise<number>((resolve) => app.process().once('exit', (code) => resolve(code ?? 1)));
  app.process().stderr?.on('data', (chunk: Buffer) => onLog?.('stderr', chunk.toString().trimEnd()));
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1360, height: 1000 });
  return { page, ended, close: () => app.close() };
}
